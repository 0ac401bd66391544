#include <optional>

#include "halide_generators/conv2d/schedule.h"

namespace {

using namespace lithe;

/// With kAdd the image r is added before the clamp.
template <bool kNarrow, bool kAdd = false>
class Pointwise : public Generator<Pointwise<kNarrow, kAdd>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 2}, w{"w", 3}, b{"b", 1};
  Scalar<int32_t> groups{"groups"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 2};

  void configure() {
    if (kAdd) r_ = this->template add_input<Buffer<float>>("r", 2);
  }
  void generate() {
    gemm_.emplace(x, w, b, groups, Bounds{clamp_min, clamp_max}, kAdd ? Func(*r_) : Func());
    y(gemm_->o, gemm_->m) = gemm_->y(gemm_->o, gemm_->m);
  }
  void schedule() {
    if (kAdd) channels_innermost(*r_, 0);
    channels_innermost(x, 0), channels_innermost(y, 0), packed_panels(w), from_zero(b);
    lithe::schedule(*gemm_, y, register_tile(this->get_target(), kNarrow));
  }

 private:
  GeneratorInput<Buffer<float>>* r_ = nullptr;
  std::optional<Gemm> gemm_;
};

/// Without padding. Reading the pixels in place spares the copy of the image that `Conv2d` makes.
class StridedPointwise : public Generator<StridedPointwise> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 1};
  Scalar<int32_t> Ho{"Ho"}, Wo{"Wo"}, stride_h{"stride_h"}, stride_w{"stride_w"}, groups{"groups"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 2};

  void generate() {
    const StridedPixels<decltype(x)> pixels{x, Wo, Ho, stride_w, stride_h};
    gemm_.emplace(pixels, w, b, groups, Bounds{clamp_min, clamp_max});
    y(gemm_->o, gemm_->m) = gemm_->y(gemm_->o, gemm_->m);
  }
  void schedule() {
    channels_innermost(x, 2), channels_innermost(y, 0), packed_panels(w), from_zero(b);
    lithe::schedule(*gemm_, y, register_tile(get_target(), /*narrow=*/false));
  }

 private:
  std::optional<Gemm> gemm_;
};

template <bool kNarrow, bool kAdd = false>
class Conv2d : public Generator<Conv2d<kNarrow, kAdd>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 3}, w{"w", 5}, b{"b", 1};
  Scalar<int32_t> C{"C"}, stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"},
      dilation_h{"dilation_h"}, dilation_w{"dilation_w"}, groups{"groups"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void configure() {
    if (kAdd) r_ = this->template add_input<Buffer<float>>("r", 4);
  }
  void generate() {
    conv_.emplace(x, w, b, C, groups, Window{stride_w, stride_h, dilation_w, dilation_h, pad_w, pad_h},
                  Bounds{clamp_min, clamp_max}, kAdd ? Func(*r_) : Func());
    y(conv_->w, conv_->h, conv_->c, conv_->n) = conv_->y(conv_->w, conv_->h, conv_->c, conv_->n);
  }
  void schedule() {
    if (kAdd) channels_innermost(*r_, 2);
    from_zero(x), channels_innermost(y, 2), packed_panels(w), from_zero(b);
    lithe::schedule(*conv_, y, register_tile(this->get_target(), kNarrow));
  }

 private:
  GeneratorInput<Buffer<float>>* r_ = nullptr;
  std::optional<DirectConv> conv_;
};

/// KH, KW: 0 for any kernel size.
template <int KH, int KW>
class DepthwiseConv : public Generator<DepthwiseConv<KH, KW>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 1};
  Scalar<int32_t> stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"}, dilation_h{"dilation_h"},
      dilation_w{"dilation_w"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    const Expr kw = KW == 0 ? Expr(w.dim(1).extent()) : Expr(KW), kh = KH == 0 ? Expr(w.dim(2).extent()) : Expr(KH);
    conv_.emplace(x, w, b, kw, kh, Window{stride_w, stride_h, dilation_w, dilation_h, pad_w, pad_h},
                  Bounds{clamp_min, clamp_max});
    y(conv_->w, conv_->h, conv_->c, conv_->n) = conv_->y(conv_->w, conv_->h, conv_->c, conv_->n);
  }
  void schedule() {
    channels_innermost(x, 2), channels_innermost(y, 2), from_zero(w), from_zero(b);
    lithe::schedule(*conv_, y, this->get_target(), stride_w, KH != 0);
  }

 private:
  std::optional<Depthwise> conv_;
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Pointwise<false>, pointwise)
HALIDE_REGISTER_GENERATOR(Pointwise<true>, pointwise_narrow)
using PointwiseAdd = Pointwise<false, true>;
HALIDE_REGISTER_GENERATOR(PointwiseAdd, pointwise_add)
HALIDE_REGISTER_GENERATOR(StridedPointwise, pointwise_strided)
HALIDE_REGISTER_GENERATOR(Conv2d<false>, conv2d)
HALIDE_REGISTER_GENERATOR(Conv2d<true>, conv2d_narrow)
using Conv2dAdd = Conv2d<false, true>;
HALIDE_REGISTER_GENERATOR(Conv2dAdd, conv2d_add)
using Depthwise3x3 = DepthwiseConv<3, 3>;
HALIDE_REGISTER_GENERATOR(Depthwise3x3, depthwise_3x3)
using Depthwise5x5 = DepthwiseConv<5, 5>;
HALIDE_REGISTER_GENERATOR(Depthwise5x5, depthwise_5x5)
using Depthwise3x1 = DepthwiseConv<3, 1>;
HALIDE_REGISTER_GENERATOR(Depthwise3x1, depthwise_3x1)
using Depthwise1x3 = DepthwiseConv<1, 3>;
HALIDE_REGISTER_GENERATOR(Depthwise1x3, depthwise_1x3)
using Depthwise5x1 = DepthwiseConv<5, 1>;
HALIDE_REGISTER_GENERATOR(Depthwise5x1, depthwise_5x1)
using Depthwise1x5 = DepthwiseConv<1, 5>;
HALIDE_REGISTER_GENERATOR(Depthwise1x5, depthwise_1x5)
using DepthwiseAny = DepthwiseConv<0, 0>;
HALIDE_REGISTER_GENERATOR(DepthwiseAny, depthwise_any)
LITHE_GPU_KERNELS(pointwise, pointwise_narrow, pointwise_add, conv2d, conv2d_narrow, conv2d_add, depthwise_3x3,
                  depthwise_5x5, depthwise_any);
