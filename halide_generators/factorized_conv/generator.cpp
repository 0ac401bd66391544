#include "halide_generators/factorized_conv/schedule.h"

namespace {

using namespace lithe;

/// TAPS: 0 for any kernel size.
template <int TAPS>
class FactorizedConvolution : public Generator<FactorizedConvolution<TAPS>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, u{"u", 3}, v{"v", 2}, a{"a", 1}, b{"b", 1};
  GeneratorInput<Buffer<int32_t>> index{"index", 1};
  Scalar<int32_t> multiplier{"multiplier"}, stride_h{"stride_h"}, stride_w{"stride_w"}, pad_h{"pad_h"}, pad_w{"pad_w"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    const Expr kh = TAPS == 0 ? extent(u, 0) : Expr(TAPS), kw = TAPS == 0 ? extent(v, 0) : Expr(TAPS);
    FactorizedConv f(x, u, v, a, b, index,
                     {extent(x, 0), extent(x, 1), extent(x, 2), extent(u, 1), extent(u, 2), multiplier, kh, kw},
                     Window{stride_w, stride_h, 1, 1, pad_w, pad_h}, Bounds{clamp_min, clamp_max},
                     row_lanes(extent(x, 0), this->get_target()));
    y(f.w, f.h, f.o, f.n) = f.y(f.w, f.h, f.o, f.n);
    from_zero(x), from_zero(u), from_zero(v), from_zero(a), from_zero(b), from_zero(index), from_zero(y);
    lithe::schedule(f, y, multiplier, stride_w, extent(u, 1), extent(y, 0), extent(y, 1), this->get_target(),
                    TAPS != 0);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(FactorizedConvolution<3>, factorized_conv_3)
HALIDE_REGISTER_GENERATOR(FactorizedConvolution<5>, factorized_conv_5)
HALIDE_REGISTER_GENERATOR(FactorizedConvolution<0>, factorized_conv)
LITHE_GPU_KERNELS(factorized_conv);
