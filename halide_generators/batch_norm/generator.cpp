#include "halide_generators/batch_norm/schedule.h"

namespace {

class BatchNorm : public Halide::Generator<BatchNorm> {
 public:
  Input<Buffer<float>> x{"x", 2}, gamma{"gamma", 1}, beta{"beta", 1}, mean{"mean", 1}, var{"var", 1};
  Input<float> eps{"eps"};
  Output<Buffer<float>> y{"y", 2};

  void generate() {
    lithe::BatchNorm f(x, gamma, beta, mean, var, eps);
    y(f.c, f.m) = f.y(f.c, f.m);
    lithe::from_zero(x), lithe::from_zero(y);
    lithe::from_zero(gamma), lithe::from_zero(beta), lithe::from_zero(mean), lithe::from_zero(var);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(BatchNorm, batch_norm)
LITHE_GPU_KERNELS(batch_norm);
