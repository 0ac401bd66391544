#include "halide_generators/expand_depthwise/schedule.h"

namespace {

using namespace lithe;

// The stride is a constant: Halide reuses the rows of the output row before only if it sees that they follow.
template <int kStride>
class Expanding : public Generator<Expanding<kStride>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 2}, taps{"taps", 4}, t{"t", 2};
  Scalar<float> inner_min{"inner_min"}, inner_max{"inner_max"}, clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    channels_innermost(x, 2), packed_panels(w), packed_panels(b), packed_panels(taps), packed_panels(t);
    const auto weights = [&](Expr ni, Expr k, Expr no, Expr) { return w(ni, k, no); };
    const auto shift = [&](Expr ni, Expr no, Expr) { return b(ni, no); };
    ExpandDepthwise f(x, weights, shift, taps, t, kStride, {inner_min, inner_max}, {clamp_min, clamp_max});
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(y, 2);
    schedule(f, y, x.dim(0).extent(), this->get_target());
  }
};

template <int kStride>
class DynamicExpanding : public Generator<DynamicExpanding<kStride>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 1}, s{"s", 2}, q{"q", 2}, a{"a", 1}, phi{"phi", 2},
      p{"p", 3}, c{"c", 1}, taps{"taps", 4}, t{"t", 2};
  Scalar<float> inner_min{"inner_min"}, inner_max{"inner_max"}, clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    channels_innermost(x, 2), packed_panels(w), packed_panels(p), packed_panels(taps), packed_panels(t);
    from_zero(b), from_zero(s), from_zero(q), from_zero(a), from_zero(phi), from_zero(c);
    ImageWeights image(Decomposition<decltype(w), decltype(q), decltype(b), decltype(s)>{w, b, s, q, a, phi, p, c});
    ExpandDepthwise f(x, image.weights, image.shift, taps, t, kStride, {inner_min, inner_max}, {clamp_min, clamp_max});
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(y, 2);
    schedule(f, y, x.dim(0).extent(), this->get_target());
    if (this->get_target().has_gpu_feature()) return on_gpu(image);
    schedule(image, {y, Var("co")}, x.dim(2).extent(), a.dim(0).extent(), block_tile(this->get_target(), kBlockPanels));
  }
};

class Stem : public Generator<Stem> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 3}, w{"w", 4}, b{"b", 2}, taps{"taps", 4}, t{"t", 2};
  Scalar<int32_t> C{"C"};
  Scalar<float> inner_min{"inner_min"}, inner_max{"inner_max"}, clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    from_zero(x), packed_panels(w), packed_panels(b), packed_panels(taps), packed_panels(t);
    const Expr channels = C;
    StemDepthwise f(x, w, b, taps, t, channels, {inner_min, inner_max}, {clamp_min, clamp_max});
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(y, 2);
    schedule(f, y, (x.dim(0).extent() / channels + 1) / 2, this->get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Expanding<1>, expand_depthwise)
HALIDE_REGISTER_GENERATOR(Expanding<2>, expand_depthwise_2)
HALIDE_REGISTER_GENERATOR(DynamicExpanding<1>, dynamic_expand_depthwise)
HALIDE_REGISTER_GENERATOR(DynamicExpanding<2>, dynamic_expand_depthwise_2)
HALIDE_REGISTER_GENERATOR(Stem, stem_depthwise)
LITHE_GPU_KERNELS(stem_depthwise, expand_depthwise, expand_depthwise_2, dynamic_expand_depthwise,
                  dynamic_expand_depthwise_2);
