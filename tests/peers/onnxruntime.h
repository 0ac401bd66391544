#pragma once
// onnxruntime behind its C interface, loaded at run time. The package that carries the library has no headers, so the
// functions that we call are declared here.

#include <memory>
#include <string>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

/// One session on the CPU with a fixed number of threads. The model has one input; all tensors are float32, row-major.
class OnnxRuntime {
 public:
  /// `library`: path of libonnxruntime.so. Throws Error with onnxruntime's own message.
  OnnxRuntime(const std::string& library, const std::string& model, int threads);
  ~OnnxRuntime();

  /// Says which tensor the next runs read; it must stay alive.
  void set_input(const Tensor& input);
  /// One inference; the results belong to onnxruntime until the next run.
  void run();
  /// Copies of all outputs of the last run.
  std::vector<Tensor> outputs() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lithe
