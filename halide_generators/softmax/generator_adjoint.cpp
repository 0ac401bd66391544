#include "halide_generators/buffers.h"
#include "halide_generators/softmax/adjoint.h"

namespace {

class SoftmaxGradient : public Halide::Generator<SoftmaxGradient> {
 public:
  Input<Buffer<float>> y{"y", 2}, dy{"dy", 2};
  Output<Buffer<float>> dx{"dx", 2};

  void generate() {
    lithe::SoftmaxGradient f(y, dy);
    dx(f.c, f.m) = f.dx(f.c, f.m);
    lithe::from_zero(y), lithe::from_zero(dy), lithe::from_zero(dx);
    lithe::along_channels(dx, f.c, {f.m}, get_target());
    f.mean.compute_at(dx, f.m);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(SoftmaxGradient, softmax_dx)
