#include "halide_generators/concat/schedule.h"

namespace {

/// A slice of dy goes back to the input it came from.
class ConcatGradient : public Halide::Generator<ConcatGradient> {
 public:
  Input<Buffer<float>> dy{"dy", 4};
  Output<Buffer<float>> dxs{"dxs", 4};

  void generate() {
    lithe::Concat f(dy);
    dxs(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    lithe::channels_innermost(dy, 2), lithe::channels_innermost(dxs, 2);
    lithe::schedule(f, dxs, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ConcatGradient, concat_dxs)
