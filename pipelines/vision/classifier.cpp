#include "pipelines/vision/classifier.h"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>

#include "pipelines/core/threads.h"
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

Shape of_one(Shape images) {
  images[0] = 1;
  return images;
}

// Rows of one image each below each other.
Tensor joined(const std::vector<Tensor>& rows) {
  const Tensor all({static_cast<int64_t>(rows.size()), rows.front().dim(1)});
  for (size_t n = 0; n < rows.size(); ++n) copy(rows[n], all.images(static_cast<int64_t>(n), 1));
  return all;
}

class SessionClassifier final : public Classifier {
 public:
  SessionClassifier(const Model& model, const SessionOptions& options, bool images_on_device)
      : session_(model.graph, model.parameters, options),
        probabilities_(is_softmax(model.graph, model.graph.outputs.front())),
        whole_batches_(options.device != Device::kCpu),
        images_on_(images_on_device ? session_.device() : nullptr) {
    if (model.graph.inputs.size() != 1) {
      throw Error(model.source + ": expected a network with one input, an image; found " +
                  std::to_string(model.graph.inputs.size()) + " inputs");
    }
  }

  Tensor scores(const Tensor& images) override {
    const Tensor output = session_.run({images}).front().contiguous();
    return output.reshaped({images.dim(0), output.size() / images.dim(0)});
  }

  // The processor computes image by image; a device takes a batch at once.
  Tensor scores(const Shape& images, const WriteImage& write) override {
    const int64_t count = images[0];
    if (images_on_ != nullptr) {
      const Tensor batch = images_on_->reserve(images);
      for (int64_t i = 0; i < count; ++i) write(i, batch.images(i, 1));
      return scores(batch);
    }
    const bool row_major = session_.reads_row_major({of_one(images)});
    if (whole_batches_ || count == 1) {
      const Tensor batch = laid_out(images, row_major);
      parallel_for(count, [&](int64_t i) { write(i, batch.images(i, 1)); });
      return scores(batch);
    }
    std::vector<Tensor> rows(static_cast<size_t>(count));
    parallel_for(count, [&](int64_t i) {
      const SerialKernels serial;
      Tensor& image = images_.local();
      if (image.shape() != of_one(images)) image = laid_out(of_one(images), row_major);
      write(i, image);
      rows[static_cast<size_t>(i)] = scores(image);
    });
    return joined(rows);
  }

  DeviceMemory* images_on() const override { return images_on_; }
  bool probabilities() const override { return probabilities_; }
  std::string plan_hash(const Shape& image) const override { return session_.plan_hash({image}); }

 private:
  static Tensor laid_out(const Shape& shape, bool row_major) {
    return row_major ? Tensor(shape) : Tensor::channels_last(shape);
  }

  Session session_;
  bool probabilities_, whole_batches_;
  DeviceMemory* images_on_;
  tbb::enumerable_thread_specific<Tensor> images_;  // in a core's own cache from the pixels to the first layer
};

}  // namespace

Tensor one_by_one(Classifier& classifier, const Shape& images, const WriteImage& write) {
  const Tensor image(of_one(images));
  std::vector<Tensor> rows;
  for (int64_t i = 0; i < images[0]; ++i) {
    write(i, image);
    rows.push_back(classifier.scores(image));
  }
  return joined(rows);
}

std::unique_ptr<Classifier> session_classifier(const Model& model, const SessionOptions& options,
                                               bool images_on_device) {
  return std::make_unique<SessionClassifier>(model, options, images_on_device);
}

}  // namespace lithe
