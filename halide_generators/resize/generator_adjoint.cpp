#include "halide_generators/buffers.h"
#include "halide_generators/resize/adjoint.h"

namespace {

class ResizeGradient : public Halide::Generator<ResizeGradient> {
 public:
  Input<Buffer<float>> dy{"dy", 4};
  lithe::Scalar<int32_t> W{"W"}, H{"H"}, align_corners{"align_corners"};
  Output<Buffer<float>> dx{"dx", 4};

  void generate() {
    lithe::ResizeGradient f(dy, W, H, align_corners);
    dx(f.w, f.h, f.c, f.n) = f.sum(f.c, f.w, f.h, f.n);
    lithe::channels_innermost(dy, 2), lithe::channels_innermost(dx, 2);
    for (auto* s : {&f.columns.sampling, &f.rows.sampling}) {
      s->low.compute_root(), s->high.compute_root(), s->fraction.compute_root();
    }
    lithe::along_channels(dx, f.c, {f.w, f.h, f.n}, get_target(), {f.sum});
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ResizeGradient, resize_bilinear_dx)
