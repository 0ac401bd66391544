#include "halide_generators/larger_head/schedule.h"

namespace {

class LargerHead : public Halide::Generator<LargerHead> {
 public:
  Input<Buffer<float>> p{"p", 2}, q{"q", 2};
  Output<Buffer<float>> y{"y", 2};

  void generate() {
    lithe::LargerHead f(p, q);
    y(f.c, f.n) = f.y(f.c, f.n);
    lithe::from_zero(p), lithe::from_zero(q), lithe::from_zero(y);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(LargerHead, larger_head)
LITHE_GPU_KERNELS(larger_head);
