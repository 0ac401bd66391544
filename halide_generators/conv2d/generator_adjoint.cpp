#include <optional>

#include "halide_generators/conv2d/schedule_adjoint.h"

namespace {

using namespace lithe;

class Conv2dInput : public Generator<Conv2dInput> {
 public:
  Input<Buffer<float>> dy{"dy", 3}, w{"w", 5};
  Scalar<int32_t> C{"C"}, O{"O"}, stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"},
      groups{"groups"};
  Output<Buffer<float>> dx{"dx", 4};

  void generate() {
    StridedGradient f(dy, w, C, O, groups, Window{stride_w, stride_h, 1, 1, pad_w, pad_h});
    dx(f.w, f.h, f.c, f.n) = f.dx(f.w, f.h, f.c, f.n);
    from_zero(dy), packed_panels(w), channels_innermost(dx, 2);
    lithe::schedule(f, dx, C, get_target());
  }
};

class DepthwiseInput : public Generator<DepthwiseInput> {
 public:
  Input<Buffer<float>> dy{"dy", 4}, w{"w", 3};
  Scalar<int32_t> stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"};
  Output<Buffer<float>> dx{"dx", 4};

  void generate() {
    StridedDepthwiseGradient f(dy, w, Window{stride_w, stride_h, 1, 1, pad_w, pad_h});
    dx(f.w, f.h, f.c, f.n) = f.dx(f.w, f.h, f.c, f.n);
    channels_innermost(dy, 2), from_zero(w), channels_innermost(dx, 2);
    lithe::schedule(f, dx, get_target());
  }
};

class PointwiseWeights : public Generator<PointwiseWeights> {
 public:
  Input<Buffer<float>> x{"x", 2}, dy{"dy", 2};
  Scalar<int32_t> C{"C"}, O{"O"}, K{"K"}, groups{"groups"};
  Output<Buffer<float>> dw{"dw", 4};

  void generate() {
    PanelGradient f(x, dy, C, O, K, groups, Parts(extent(x, 1), 256, O * K));
    Var kx{"kx"}, ky{"ky"}, i{"i"}, o{"o"};
    const Expr place = place_in_band(o, f.panels.first(f.panels.block(o)), i, C, O, K, groups);
    dw(kx, ky, i, o) = f.of(o, select(groups == 1, i, place));
    channels_innermost(x, 0), channels_innermost(dy, 0), from_zero(dw);
    const TurnedPanels turned{dw, o};
    turned.schedule(dw.specialize(groups == 1), {kx, ky, i});
    turned.schedule(dw, {kx, ky, i});
    lithe::schedule(f, turned, O, K, gradient_tile(get_target(), 8));
  }
};

/// An image is read in the order of its memory, H W C; weights stand in the order C H W.
class LinearWeights : public Generator<LinearWeights> {
 public:
  Input<Buffer<float>> x{"x", 2}, dy{"dy", 2};
  Scalar<int32_t> C{"C"}, O{"O"}, K{"K"};
  Output<Buffer<float>> dw{"dw", 2};

  void generate() {
    PanelGradient f(x, dy, K, O, K, 1, Parts(extent(x, 1), 256, O * K));
    Var i{"i"}, o{"o"};
    const Expr pixels = K / C, at = select(K == C, i, i % pixels * C + i / pixels);
    dw(i, o) = f.of(o, clamp(at, 0, K - 1));
    channels_innermost(x, 0), channels_innermost(dy, 0), from_zero(dw);
    const TurnedPanels turned{dw, o};
    turned.schedule(dw.specialize(K == C), {i});  // divisions take longer than all the rest
    turned.schedule(dw, {i});
    lithe::schedule(f, turned, O, K, gradient_tile(get_target(), 8));
  }
};

/// kRuns: without groups and gaps the taps of a row read one run of C KW neighbours.
template <bool kRuns>
class Conv2dWeights : public Generator<Conv2dWeights<kRuns>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 3}, dy{"dy", 4};
  Scalar<int32_t> C{"C"}, O{"O"}, K{"K"}, KH{"KH"}, KW{"KW"}, stride_h{"stride_h"}, stride_w{"stride_w"},
      pad_h{"pad_h"}, pad_w{"pad_w"}, dilation_h{"dilation_h"}, dilation_w{"dilation_w"}, groups{"groups"};
  GeneratorOutput<Buffer<float>> dw{"dw", 4};

  void generate() {
    const Window s{stride_w * C, stride_h, dilation_w * C, dilation_h, pad_w * C, pad_h};
    const Expr inputs = kRuns ? C * KW : Expr(C), depth = kRuns ? inputs : Expr(K);
    TapGradient f(x, dy, inputs, O, depth, kRuns ? Expr(1) : Expr(groups), s, Bands(extent(dy, 0), extent(dy, 1)),
                  Parts(extent(x, 2), 1, O * K * KH * KW));
    Var kx{"kx"}, ky{"ky"}, i{"i"}, o{"o"};
    dw(kx, ky, i, o) =
        kRuns ? f.total(o % kPanel, i + kx * C, 0, ky, o / kPanel)
              : f.total(o % kPanel, place_in_band(o, o / kPanel * kPanel, i, C, O, K, groups), kx, ky, o / kPanel);
    from_zero(x), channels_innermost(dy, 2), from_zero(dw);
    const TurnedPanels turned{dw, o};
    turned.schedule(dw, {kx, ky, i});
    lithe::schedule(f, turned, O, depth, gradient_tile(this->get_target(), kRuns ? 12 : 8));
  }
};

/// kHeight, kWidth: 0 for any window.
template <int kHeight, int kWidth>
class DepthwiseWeights : public Generator<DepthwiseWeights<kHeight, kWidth>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, dy{"dy", 4};
  Scalar<int32_t> KH{"KH"}, KW{"KW"}, stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"},
      dilation_h{"dilation_h"}, dilation_w{"dilation_w"};
  GeneratorOutput<Buffer<float>> dw{"dw", 4};

  void generate() {
    const Expr C = extent(x, 2);
    DepthwiseTapGradient f(x, dy, Blocks{this->get_target().template natural_vector_size<float>(), C},
                           Window{stride_w, stride_h, dilation_w, dilation_h, pad_w, pad_h},
                           Bands(extent(dy, 0), extent(dy, 1)), Parts(extent(x, 3), 1, C * KH * KW));
    Var kx{"kx"}, ky{"ky"}, i{"i"}, o{"o"};
    dw(kx, ky, i, o) = f.of(o, kx, ky);
    channels_innermost(x, 2), channels_innermost(dy, 2), from_zero(dw);
    lithe::schedule(f, kHeight, kWidth);
  }
};

class Bias : public Generator<Bias> {
 public:
  Input<Buffer<float>> dy{"dy", 2};
  Output<Buffer<float>> db{"db", 1};

  void generate() {
    BiasGradient f(dy, extent(dy, 1));
    db(f.o) = f.total(f.o);
    channels_innermost(dy, 0), from_zero(db);
    lithe::schedule(f, db, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Conv2dInput, conv2d_dx)
HALIDE_REGISTER_GENERATOR(DepthwiseInput, depthwise_dx)
HALIDE_REGISTER_GENERATOR(PointwiseWeights, pointwise_dw)
HALIDE_REGISTER_GENERATOR(LinearWeights, linear_dw)
HALIDE_REGISTER_GENERATOR(Conv2dWeights<true>, conv2d_dw_runs)
HALIDE_REGISTER_GENERATOR(Conv2dWeights<false>, conv2d_dw)
using Depthwise3x3 = DepthwiseWeights<3, 3>;
HALIDE_REGISTER_GENERATOR(Depthwise3x3, depthwise_dw_3x3)
using Depthwise5x5 = DepthwiseWeights<5, 5>;
HALIDE_REGISTER_GENERATOR(Depthwise5x5, depthwise_dw_5x5)
using Depthwise3x1 = DepthwiseWeights<3, 1>;
HALIDE_REGISTER_GENERATOR(Depthwise3x1, depthwise_dw_3x1)
using Depthwise1x3 = DepthwiseWeights<1, 3>;
HALIDE_REGISTER_GENERATOR(Depthwise1x3, depthwise_dw_1x3)
using Depthwise5x1 = DepthwiseWeights<5, 1>;
HALIDE_REGISTER_GENERATOR(Depthwise5x1, depthwise_dw_5x1)
using Depthwise1x5 = DepthwiseWeights<1, 5>;
HALIDE_REGISTER_GENERATOR(Depthwise1x5, depthwise_dw_1x5)
using DepthwiseAny = DepthwiseWeights<0, 0>;
HALIDE_REGISTER_GENERATOR(DepthwiseAny, depthwise_dw_any)
HALIDE_REGISTER_GENERATOR(Bias, conv2d_db)
