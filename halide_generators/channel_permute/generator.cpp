#include "halide_generators/channel_permute/schedule.h"

namespace {

class ChannelPermute : public Halide::Generator<ChannelPermute> {
 public:
  Input<Buffer<float>> x{"x", 4};
  Input<Buffer<int32_t>> index{"index", 1};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::ChannelPermute f(x, index);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    lithe::channels_innermost(x, 2), lithe::from_zero(index), lithe::channels_innermost(y, 2);
    lithe::schedule(f, y);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ChannelPermute, channel_permute)
