#include "halide_generators/resize/schedule.h"

namespace {

class ResizeBilinear : public Halide::Generator<ResizeBilinear> {
 public:
  Input<Buffer<float>> x{"x", 4};
  lithe::Scalar<int32_t> out_h{"out_h"}, out_w{"out_w"}, align_corners{"align_corners"};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::ResizeBilinear f(x, out_w, out_h, align_corners);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    lithe::channels_innermost(x, 2), lithe::channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ResizeBilinear, resize_bilinear)
LITHE_GPU_KERNELS(resize_bilinear);
