#include "halide_generators/blocked_depthwise/schedule.h"

namespace {

using namespace lithe;

/// KH, KW: 0 for any kernel size.
template <int KH, int KW>
class Blocked : public Generator<Blocked<KH, KW>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 1};
  Scalar<int32_t> block{"block"}, multiplier{"multiplier"}, stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"},
      pad_w{"pad_w"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    const Expr kw = KW == 0 ? Expr(w.dim(1).extent()) : Expr(KW), kh = KH == 0 ? Expr(w.dim(2).extent()) : Expr(KH);
    BlockedDepthwise f(x, w, b, block, multiplier, kw, kh, Window{stride_w, stride_h, 1, 1, pad_w, pad_h},
                       Bounds{clamp_min, clamp_max});
    y(f.w, f.h, f.c, f.n) = undef<float>();
    y(f.w, f.h, f.output, f.n) = f.value;
    channels_innermost(x, 2), channels_innermost(y, 2), from_zero(w), from_zero(b);
    lithe::schedule(f, y, block, this->get_target(), KH != 0);
  }
};

}  // namespace

using Blocked3x1 = Blocked<3, 1>;
HALIDE_REGISTER_GENERATOR(Blocked3x1, blocked_depthwise_3x1)
using Blocked1x3 = Blocked<1, 3>;
HALIDE_REGISTER_GENERATOR(Blocked1x3, blocked_depthwise_1x3)
using Blocked5x1 = Blocked<5, 1>;
HALIDE_REGISTER_GENERATOR(Blocked5x1, blocked_depthwise_5x1)
using Blocked1x5 = Blocked<1, 5>;
HALIDE_REGISTER_GENERATOR(Blocked1x5, blocked_depthwise_1x5)
using BlockedAny = Blocked<0, 0>;
HALIDE_REGISTER_GENERATOR(BlockedAny, blocked_depthwise)
LITHE_GPU_KERNELS(blocked_depthwise_3x1, blocked_depthwise_1x3, blocked_depthwise);
