#include "halide_generators/pooling/schedule_adjoint.h"

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
    lithe::schedule(f, dx, lithe::extent(x, 2), get_target());
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
    lithe::schedule_pixels(dx, f.c, {f.w, f.h, f.n}, {f.dx}, lithe::extent(dy, 2), get_target());
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
    lithe::schedule(f, dx, lithe::extent(dy, 2), get_target());
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
    lithe::schedule_pixels(dx, c, {p, n}, {}, lithe::extent(dy, 0), get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(MaxPoolGradient, max_pool_dx)
HALIDE_REGISTER_GENERATOR(AvgPoolGradient, avg_pool_dx)
HALIDE_REGISTER_GENERATOR(AdaptiveAvgPoolGradient, adaptive_avg_pool_dx)
HALIDE_REGISTER_GENERATOR(GlobalAvgPoolGradient, global_avg_pool_dx)
