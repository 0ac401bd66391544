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

}  // namespace

HALIDE_REGISTER_GENERATOR(ChannelScale, channel_scale)
