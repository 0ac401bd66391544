#include "halide_generators/channel_scale/schedule.h"

namespace {

class ChannelScale : public Halide::Generator<ChannelScale> {
 public:
  Input<Buffer<float>> x{"x", 4}, s{"s", 2};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::ChannelScale f(x, s);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    lithe::channels_innermost(x, 2), lithe::from_zero(s), lithe::channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

class ScaleAdd : public Halide::Generator<ScaleAdd> {
 public:
  Input<Buffer<float>> x{"x", 4}, s{"s", 2}, p{"p", 4};
  lithe::Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::ScaleAdd f(x, s, p, clamp_min, clamp_max);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    lithe::channels_innermost(x, 2), lithe::from_zero(s), lithe::channels_innermost(p, 2);
    lithe::channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ChannelScale, channel_scale)
HALIDE_REGISTER_GENERATOR(ScaleAdd, scale_add)
LITHE_GPU_KERNELS(channel_scale, scale_add);
