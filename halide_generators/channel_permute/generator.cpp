#include "halide_generators/channel_permute/schedule.h"

namespace {

class ChannelPermute : public Halide::Generator<ChannelPermute> {
 public:
  Input<Buffer<float>> x{"x", 3};
  Input<Buffer<int32_t>> index{"index", 1};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    lithe::ChannelPermute f(x, index, lithe::extent(x, 0));
    y(f.c, f.p, f.n) = f.y(f.c, f.p, f.n);
    lithe::from_zero(x), lithe::from_zero(index), lithe::from_zero(y);
    lithe::schedule(f, y, lithe::extent(x, 0), get_target());
  }
};

class PlanarPermute : public Halide::Generator<PlanarPermute> {
 public:
  Input<Buffer<float>> x{"x", 3};
  Input<Buffer<int32_t>> index{"index", 1};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    lithe::PlanarPermute f(x, index, lithe::extent(x, 1));
    y(f.p, f.c, f.n) = f.y(f.p, f.c, f.n);
    lithe::from_zero(x), lithe::from_zero(index), lithe::from_zero(y);
    lithe::schedule(f, y, lithe::extent(y, 0), get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ChannelPermute, channel_permute)
HALIDE_REGISTER_GENERATOR(PlanarPermute, planar_permute)
LITHE_GPU_KERNELS(channel_permute, planar_permute);
