#include "halide_generators/ahead.h"
#include "halide_generators/dynamic_pointwise/schedule.h"

namespace {

using namespace lithe;

/// kLatent: with q in panels as well, for the path that is added pixel by pixel.
template <bool kLatent>
class Pointwise : public Generator<Pointwise<kLatent>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 3}, w{"w", 3}, b{"b", 1}, s{"s", 2}, q{"q", kLatent ? 3 : 2}, a{"a", 1},
      phi{"phi", 2}, p{"p", 3}, c{"c", 1}, ahead{"ahead", 1};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 3};

  void generate() {
    from_zero(x), packed_panels(w), packed_panels(p), from_zero(b), from_zero(s), from_zero(q);
    from_zero(a), from_zero(phi), from_zero(c);
    const Target target = this->get_target();
    const Tile usual = register_tile(target, /*narrow=*/false);
    const Vectors outputs = kLatent ? Vectors{kPanel, usual} : half_or_whole(extent(s, 0), target, usual);
    const Tile tile = outputs.tile;
    const Bounds bounds{clamp_min, clamp_max};
    const Decomposition<decltype(w), decltype(q), decltype(b), decltype(s)> parameters{w, b, s, q, a, phi, p, c};
    const Expr inputs = extent(x, 0), pixels = extent(x, 1), tiles = pixels / tile.rows;
    Ahead fetched(ahead, inputs, extent(w, 2), pixels, tile.rows, target);
    const auto index = [&](Expr k, Expr no, Expr m) {
      return k + fetched(k, no / tile.panels * tiles + m / tile.rows);
    };
    if constexpr (kLatent) {
      packed_panels(q);
      const Vectors latent = half_or_whole(extent(a, 0), target, {1, tile.rows});
      DynamicPointwiseLatent f(x, parameters, bounds, index, latent.lanes);
      y(f.o, f.m, f.n) = f.y(f.o, f.m, f.n);
      from_zero(y);
      schedule(f, y, x.dim(1).extent(), tile, latent.tile);
      fetched.schedule(f.acc, f.inputs.x);
    } else {
      DynamicPointwise f(x, parameters, bounds, index, outputs.lanes);
      y(f.o, f.m, f.n) = f.y(f.o, f.m, f.n);
      from_zero(y);
      schedule(f, y, x.dim(0).extent(), a.dim(0).extent(), tile, usual);
      fetched.schedule(f.acc, f.inputs.x);
    }
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Pointwise<false>, dynamic_pointwise)
HALIDE_REGISTER_GENERATOR(Pointwise<true>, dynamic_pointwise_latent)
LITHE_GPU_KERNELS(dynamic_pointwise);
