#include "halide_generators/ahead.h"
#include "halide_generators/expand_depthwise/schedule.h"

namespace {

using namespace lithe;

/// What comes ahead while the dense layer is computed row by row, block by block.
struct RowsAhead {
  Tile tile;
  Expr width, height;
  Ahead fetched;
  template <class Buffer, class X, class W>
  RowsAhead(Buffer& ahead, const X& x, const W& w, const Target& target)
      : tile(block_tile(target, kBlockPanels)),
        width(extent(x, 0)),
        height(extent(x, 1)),
        fetched(ahead, extent(x, 2), extent(w, 2), width, tile.rows, target) {}
  Expr operator()(Expr k, Expr no, Expr w, Expr h) const {
    return k + fetched(k, (no / tile.panels * height + h) * (width / tile.rows) + w / tile.rows);
  }
};

// The stride is a constant: Halide reuses the rows of the output row before only if it sees that they follow.
template <int kStride>
class Expanding : public Generator<Expanding<kStride>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 2}, taps{"taps", 4}, t{"t", 2}, ahead{"ahead", 1};
  Scalar<float> inner_min{"inner_min"}, inner_max{"inner_max"}, clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    channels_innermost(x, 2), packed_panels(w), packed_panels(b), packed_panels(taps), packed_panels(t);
    const auto weights = [&](Expr ni, Expr k, Expr no, Expr) { return w(ni, k, no); };
    const auto shift = [&](Expr ni, Expr no, Expr) { return b(ni, no); };
    RowsAhead rows(ahead, x, w, this->get_target());
    ExpandDepthwise f(x, weights, shift, taps, t, kStride, {inner_min, inner_max}, {clamp_min, clamp_max}, rows);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(y, 2);
    schedule(f, y, x.dim(0).extent(), this->get_target());
    rows.fetched.schedule(f.sum, f.inputs.x);
  }
};

template <int kStride>
class DynamicExpanding : public Generator<DynamicExpanding<kStride>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 3}, b{"b", 1}, s{"s", 2}, q{"q", 2}, a{"a", 1}, phi{"phi", 2},
      p{"p", 3}, c{"c", 1}, taps{"taps", 4}, t{"t", 2}, ahead{"ahead", 1};
  Scalar<float> inner_min{"inner_min"}, inner_max{"inner_max"}, clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    channels_innermost(x, 2), packed_panels(w), packed_panels(p), packed_panels(taps), packed_panels(t);
    from_zero(b), from_zero(s), from_zero(q), from_zero(a), from_zero(phi), from_zero(c);
    ImageWeights image(Decomposition<decltype(w), decltype(q), decltype(b), decltype(s)>{w, b, s, q, a, phi, p, c});
    RowsAhead rows(ahead, x, w, this->get_target());
    ExpandDepthwise f(x, image.weights, image.shift, taps, t, kStride, {inner_min, inner_max}, {clamp_min, clamp_max},
                      rows);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(y, 2);
    schedule(f, y, x.dim(0).extent(), this->get_target());
    rows.fetched.schedule(f.sum, f.inputs.x);
    if (this->get_target().has_gpu_feature()) return on_gpu(image);
    schedule(image, {y, Var("co")}, x.dim(2).extent(), a.dim(0).extent(), block_tile(this->get_target(), kBlockPanels));
  }
};

class Stem : public Generator<Stem> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 5}, b{"b", 2}, taps{"taps", 4}, t{"t", 2};
  Scalar<float> inner_min{"inner_min"}, inner_max{"inner_max"}, clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() {
    x.dim(0).set_stride(Expr());  // the image as it lies
    from_zero(x), packed_panels(w), packed_panels(b), packed_panels(taps), packed_panels(t);
    StemDepthwise f(x, w, b, taps, t, {inner_min, inner_max}, {clamp_min, clamp_max}, this->get_target());
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    channels_innermost(y, 2);
    schedule(f, y, x.dim(0).extent(), x.dim(0).stride() == 1, this->get_target());
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
