#include "cli/tune_subject.h"

#include "cli/noise.h"
#include "pipelines/graph/kernel_uses.h"

namespace lithe::cli {
namespace {

class ForwardPass final : public TuneSubject {
 public:
  ForwardPass(const Model& model, const Shape& images, const SessionOptions& options)
      : session_(model.graph, model.parameters, options), images_(noise(images)) {}

  std::vector<Tensor> run() override { return session_.run({images_}); }
  std::vector<KernelUse> uses() const override { return kernel_uses(session_, {images_.shape()}); }

 private:
  const Session session_;
  const Tensor images_;
};

// Without a loss: the gradients of the outputs are noise as well.
class TrainingStep final : public TuneSubject {
 public:
  TrainingStep(const Model& model, const Shape& images)
      : network_(model.graph), parameters_(model.parameters), images_(noise(images)) {}

  std::vector<Tensor> run() override {
    PassOptions options;
    options.update_statistics = false;
    Pass pass = network_.forward(parameters_, {images_}, options);
    std::vector<Tensor> results, output_gradients;
    for (size_t i = 0; i < network_.graph().outputs.size(); ++i) {
      results.push_back(pass.output(i));
      output_gradients.push_back(noise(results[i].shape()));
    }
    Gradients gradients;
    network_.backward(std::move(pass), output_gradients, &gradients);
    for (const auto& entry : gradients) results.push_back(entry.second.contiguous());
    return results;
  }
  std::vector<KernelUse> uses() const override { return kernel_uses(network_); }

 private:
  Trainable network_;
  Parameters parameters_;
  const Tensor images_;
};

}  // namespace

std::unique_ptr<TuneSubject> tune_subject(const TuneOptions& o, const Model& model, Device device) {
  const Shape images = tuned_shape(o, model);
  if (o.training) return std::make_unique<TrainingStep>(model, images);
  const SessionOptions options{true, device, weights_precision(o.weights_precision)};
  return std::make_unique<ForwardPass>(model, images, options);
}

}  // namespace lithe::cli
