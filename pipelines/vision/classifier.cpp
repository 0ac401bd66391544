#include "pipelines/vision/classifier.h"

#include <algorithm>

#include "pipelines/model/model.h"

namespace lithe {
namespace {

// Whether the value is a softmax, possibly under another shape.
bool is_softmax(const Graph& graph, ValueId value) {
  for (const Node& node : graph.nodes) {
    if (std::find(node.outputs.begin(), node.outputs.end(), value) == node.outputs.end()) continue;
    return node.op->name() == "softmax" || (node.op->is_view() && is_softmax(graph, node.inputs.front()));
  }
  return false;
}

class SessionClassifier final : public Classifier {
 public:
  SessionClassifier(const Model& model, const SessionOptions& options)
      : session_(model.graph, model.parameters, options),
        probabilities_(is_softmax(model.graph, model.graph.outputs.front())) {
    if (model.graph.inputs.size() != 1) {
      throw Error(model.source + ": expected a network with one input, an image; found " +
                  std::to_string(model.graph.inputs.size()) + " inputs");
    }
  }

  Tensor scores(const Tensor& images) override {
    const Tensor output = session_.run({images}).front().contiguous();
    return output.reshaped({images.dim(0), output.size() / images.dim(0)});
  }
  bool probabilities() const override { return probabilities_; }
  bool reads_row_major(const Shape& image) const override { return session_.reads_row_major({image}); }
  std::string plan_hash(const Shape& image) const override { return session_.plan_hash({image}); }

 private:
  Session session_;
  bool probabilities_;
};

class OneByOne final : public Classifier {
 public:
  explicit OneByOne(std::unique_ptr<Classifier> classifier) : classifier_(std::move(classifier)) {}

  Tensor scores(const Tensor& images) override {
    Tensor all;
    for (int64_t n = 0; n < images.dim(0); ++n) {
      const Tensor row = classifier_->scores(images.images(n, 1));
      if (n == 0) all = Tensor({images.dim(0), row.dim(1)});
      copy(row, all.images(n, 1));
    }
    return all;
  }
  bool probabilities() const override { return classifier_->probabilities(); }
  bool reads_row_major(const Shape& image) const override { return classifier_->reads_row_major(image); }
  std::string plan_hash(const Shape& image) const override { return classifier_->plan_hash(image); }

 private:
  std::unique_ptr<Classifier> classifier_;
};

}  // namespace

std::unique_ptr<Classifier> session_classifier(const Model& model, const SessionOptions& options) {
  return std::make_unique<SessionClassifier>(model, options);
}

std::unique_ptr<Classifier> one_by_one(std::unique_ptr<Classifier> classifier) {
  return std::make_unique<OneByOne>(std::move(classifier));
}

}  // namespace lithe
