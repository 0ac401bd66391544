#pragma once
#include "halide_generators/buffers.h"

// The schedule of a product of a matrix per image with its pixels.
namespace lithe {

/// Outputs side by side in a panel of the matrix.
constexpr int kTileOutputs = 16;

/// Panels x pixels whose sums stay in registers: 32 of 16 floats, or 16 of 8. 7 divides the sizes of ImageNet networks
/// (112, 56, 28, 14, 7).
struct RegisterTile {
  int panels, pixels;
};
inline RegisterTile register_tile(const Target& target) {
  if (target.has_feature(Target::AVX512_Skylake)) return {2, 7};
  return {1, target.has_feature(Target::AVX2) ? 6 : 3};
}

/// y(..., o, ...) = sum(o % 16, o / 16, pixel, ...). `outer` are the other variables of y; the last one is the image.
struct Product {
  Func sum;
  Var o, ni, no, pixel;
  std::vector<Var> outer;
  RVar k;
};

inline void schedule_product(Func y, const Product& f, const Target& target) {
  Var oo{"oo"}, oi{"oi"}, po{"po"}, pi{"pi"};
  const RegisterTile tile = register_tile(target);
  const auto tiled = [&](Stage s, int panels, int pixels) {
    s.split(f.o, oo, oi, kTileOutputs * panels, TailStrategy::GuardWithIf).split(oi, f.no, f.ni, kTileOutputs);
    s.split(f.pixel, po, pi, pixels, pixels == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    std::vector<VarOrRVar> order{f.ni, f.no, pi, po};
    order.insert(order.end(), f.outer.begin(), f.outer.end() - 1);
    order.insert(order.end(), {oo, f.outer.back()});
    s.reorder(order).vectorize(f.ni).unroll(f.no).unroll(pi).parallel(oo).parallel(f.outer.back());
  };
  const auto extent = [&](const Var& v) {
    int d = 0;
    while (y.args()[static_cast<size_t>(d)].name() != v.name()) ++d;
    return y.output_buffer().dim(d).extent();
  };
  if (tile.panels > 1) {
    tiled(y.specialize(extent(f.pixel) >= tile.pixels && extent(f.o) > kTileOutputs), tile.panels, tile.pixels);
  }
  tiled(y.specialize(extent(f.pixel) >= tile.pixels), 1, tile.pixels);
  tiled(y, 1, 1);
  Func sum = f.sum;
  sum.compute_at(y, po).bound_extent(f.ni, kTileOutputs).vectorize(f.ni).unroll(f.no).unroll(f.pixel);
  sum.update().reorder(f.ni, f.no, f.pixel, f.k).vectorize(f.ni).unroll(f.no).unroll(f.pixel);
}

}  // namespace lithe
