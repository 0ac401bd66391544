#include "halide_generators/softmax/schedule.h"

namespace {

class Softmax : public Halide::Generator<Softmax> {
 public:
  Input<Buffer<float>> x{"x", 2};
  Output<Buffer<float>> y{"y", 2};

  void generate() {
    lithe::Softmax f(x);
    y(f.c, f.m) = f.y(f.c, f.m);
    lithe::from_zero(x), lithe::from_zero(y);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Softmax, softmax)
LITHE_GPU_KERNELS(softmax);
