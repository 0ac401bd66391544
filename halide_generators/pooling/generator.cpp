#include "halide_generators/pooling/schedule.h"

namespace {

using lithe::channels_innermost;
using lithe::from_zero;
using lithe::PoolWindow;

class MaxPool : public Halide::Generator<MaxPool> {
 public:
  Input<Buffer<float>> x{"x", 4};
  lithe::Scalar<int32_t> kernel_h{"kernel_h"}, kernel_w{"kernel_w"}, stride_h{"stride_h"}, stride_w{"stride_w"},
      pad_h{"pad_h"}, pad_w{"pad_w"};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::MaxPool f(x, PoolWindow{kernel_w, kernel_h, stride_w, stride_h, pad_w, pad_h});
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(x, 2), channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

class AvgPool : public Halide::Generator<AvgPool> {
 public:
  Input<Buffer<float>> x{"x", 4};
  lithe::Scalar<int32_t> kernel_h{"kernel_h"}, kernel_w{"kernel_w"}, stride_h{"stride_h"}, stride_w{"stride_w"},
      pad_h{"pad_h"}, pad_w{"pad_w"}, count_include_pad{"count_include_pad"};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::AvgPool f(x, PoolWindow{kernel_w, kernel_h, stride_w, stride_h, pad_w, pad_h}, count_include_pad);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(x, 2), channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

class AdaptiveAvgPool : public Halide::Generator<AdaptiveAvgPool> {
 public:
  Input<Buffer<float>> x{"x", 4};
  lithe::Scalar<int32_t> out_h{"out_h"}, out_w{"out_w"};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::AdaptiveAvgPool f(x, out_w, out_h);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(x, 2), channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

class GlobalAvgPool : public Halide::Generator<GlobalAvgPool> {
 public:
  Input<Buffer<float>> x{"x", 3};
  Output<Buffer<float>> y{"y", 2};

  void generate() {
    lithe::GlobalAvgPool f(x);
    y(f.c, f.n) = f.y(f.c, f.n);
    from_zero(x), from_zero(y);
    lithe::schedule(f, y, get_target());
  }
};

class PlanarAvgPool : public Halide::Generator<PlanarAvgPool> {
 public:
  Input<Buffer<float>> x{"x", 3};
  Output<Buffer<float>> y{"y", 2};

  void generate() {
    lithe::PlanarAvgPool f(x, lithe::extent(x, 0));
    y(f.c, f.n) = f.y(f.c, f.n);
    from_zero(x), from_zero(y);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(MaxPool, max_pool)
HALIDE_REGISTER_GENERATOR(AvgPool, avg_pool)
HALIDE_REGISTER_GENERATOR(AdaptiveAvgPool, adaptive_avg_pool)
HALIDE_REGISTER_GENERATOR(GlobalAvgPool, global_avg_pool)
HALIDE_REGISTER_GENERATOR(PlanarAvgPool, planar_avg_pool)
LITHE_GPU_KERNELS(max_pool, avg_pool, adaptive_avg_pool, global_avg_pool, planar_avg_pool);
