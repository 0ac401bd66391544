#include "halide_generators/channel_scale/adjoint.h"

namespace {

class ScaleGradient : public Halide::Generator<ScaleGradient> {
 public:
  Input<Buffer<float>> x{"x", 3}, dy{"dy", 3};
  Output<Buffer<float>> ds{"ds", 2};

  void generate() {
    lithe::FactorGradient f(x, dy, lithe::extent(x, 1));
    ds(f.c, f.n) = f.total(f.c, f.n);
    lithe::from_zero(x), lithe::from_zero(dy), lithe::from_zero(ds);
    lithe::schedule(f, ds, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ScaleGradient, channel_scale_ds)
