#include "halide_generators/buffers.h"
#include "halide_generators/pooling/adjoint.h"

namespace {

using lithe::channels_innermost;
using lithe::PoolWindow;

class MaxPoolGradient : public Halide::Generator<MaxPoolGradient> {
 public:
  Input<Buffer<float>> x{"x", 4}, dy{"dy", 4};
  lithe::Scalar<int32_t> kernel_h{"kernel_h"}, kernel_w{"kernel_w"}, stride_h{"stride_h"}, stride_w{"stride_w"},
      pad_h{"pad_h"}, pad_w{"pad_w"};
  Output<Buffer<float>> dx{"dx", 4};

  void generate() {
    lithe::MaxPoolGradient f(x, dy, PoolWindow{kernel_w, kernel_h, stride_w, stride_h, pad_w, pad_h});
    dx(f.w, f.h, f.c, f.n) = f.dx(f.c, f.w, f.h, f.n);
    channels_innermost(x, 2), channels_innermost(dy, 2), channels_innermost(dx, 2);
    lithe::along_channels(dx, f.c, {f.w, f.h, f.n}, get_target(), {f.dx});
    const int lanes = get_target().natural_vector_size<float>();
    f.winner.compute_root().parallel(f.n).parallel(f.h).vectorize(f.c, lanes, Halide::TailStrategy::RoundUp);
    f.winner.update().reorder(f.c, f.tap.x, f.tap.y, f.w, f.h, f.n).parallel(f.n).parallel(f.h);
    f.winner.update().vectorize(f.c, lanes, Halide::TailStrategy::GuardWithIf);
  }
};

class AvgPoolGradient : public Halide::Generator<AvgPoolGradient> {
 public:
  Input<Buffer<float>> dy{"dy", 4};
  lithe::Scalar<int32_t> W{"W"}, H{"H"}, kernel_h{"kernel_h"}, kernel_w{"kernel_w"}, stride_h{"stride_h"},
      stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"}, count_include_pad{"count_include_pad"};
  Output<Buffer<float>> dx{"dx", 4};

  void generate() {
    const PoolWindow window{kernel_w, kernel_h, stride_w, stride_h, pad_w, pad_h};
    lithe::AvgPoolGradient f(dy, window, W, H, count_include_pad);
    dx(f.w, f.h, f.c, f.n) = f.dx(f.c, f.w, f.h, f.n);
    channels_innermost(dy, 2), channels_innermost(dx, 2);
    lithe::along_channels(dx, f.c, {f.w, f.h, f.n}, get_target(), {f.dx});
  }
};

class AdaptiveAvgPoolGradient : public Halide::Generator<AdaptiveAvgPoolGradient> {
 public:
  Input<Buffer<float>> dy{"dy", 4};
  lithe::Scalar<int32_t> W{"W"}, H{"H"};
  Output<Buffer<float>> dx{"dx", 4};

  void generate() {
    lithe::AdaptiveAvgPoolGradient f(dy, W, H);
    dx(f.w, f.h, f.c, f.n) = f.dx(f.c, f.w, f.h, f.n);
    channels_innermost(dy, 2), channels_innermost(dx, 2);
    lithe::along_channels(dx, f.c, {f.w, f.h, f.n}, get_target(), {f.dx});
  }
};

class GlobalAvgPoolGradient : public Halide::Generator<GlobalAvgPoolGradient> {
 public:
  Input<Buffer<float>> dy{"dy", 2};
  lithe::Scalar<int32_t> W{"W"}, H{"H"};
  Output<Buffer<float>> dx{"dx", 3};

  void generate() {
    Var c{"c"}, p{"p"}, n{"n"};
    dx(c, p, n) = dy(c, n) * (1.0f / Halide::cast<float>(W * H));
    lithe::from_zero(dy), lithe::from_zero(dx);
    lithe::along_channels(dx, c, {p, n}, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(MaxPoolGradient, max_pool_dx)
HALIDE_REGISTER_GENERATOR(AvgPoolGradient, avg_pool_dx)
HALIDE_REGISTER_GENERATOR(AdaptiveAvgPoolGradient, adaptive_avg_pool_dx)
HALIDE_REGISTER_GENERATOR(GlobalAvgPoolGradient, global_avg_pool_dx)
