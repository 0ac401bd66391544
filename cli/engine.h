#pragma once
// The two engines behind one call, for `bench`.

#include <functional>
#include <memory>
#include <string>

#include "pipelines/graph/session.h"
#include "pipelines/model/model.h"

namespace lithe::cli {

struct Engine {
  std::function<void(const Tensor& images)> run;
  Shape image;                                       // N C H W with N = 1
  std::shared_ptr<const Session> session = nullptr;  // of Lithe's own engine
};

/// `name` is halide or opencv. OpenCV gets an ONNX file as it is, and any other model by way of an export. Square
/// images of `input_size` pixels, or the model's own size if it is 0. `options` are for Lithe's own engine.
Engine make_engine(const std::string& name, const ModelRequest& request, int64_t batch, int64_t input_size,
                   const SessionOptions& options);

}  // namespace lithe::cli
