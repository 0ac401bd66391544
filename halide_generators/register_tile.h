#pragma once
#include "halide_generators/buffers.h"

// The schedule of products of a matrix per image with its pixels.
namespace lithe {

/// Outputs and pixels whose sums stay in registers.
struct RegisterTile {
  int outputs, pixels;
};

/// 7 divides the sizes of ImageNet networks (112, 56, 28, 14, 7); 14 sums leave room for operands in 32 registers,
/// 8 in 16.
inline RegisterTile register_tile(const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  if (target.has_feature(Target::AVX512_Skylake)) return {2 * lanes, 7};
  return {2 * lanes, 4};
}

/// y(w, h, o, n) or y(o, m, n) = sum(o, pixel, ...): vectors of outputs o, neighbours along `pixel`. The row of the
/// matrix that a last partial vector reads past its end must exist.
inline void schedule_product(Func y, Func sum, Var o, Var pixel, const std::vector<Var>& outer, RVar k,
                             const Target& target) {
  Var oo{"oo"}, oi{"oi"}, po{"po"}, pi{"pi"};
  const int lanes = target.natural_vector_size<float>();
  const RegisterTile tile = register_tile(target);
  const auto tiled = [&](Stage s, int outputs, int pixels) {
    s.split(o, oo, oi, outputs, TailStrategy::GuardWithIf);
    s.split(pixel, po, pi, pixels, pixels == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    std::vector<VarOrRVar> order{oi, pi, po};
    order.insert(order.end(), outer.begin(), outer.end() - 1);
    order.insert(order.end(), {oo, outer.back()});
    s.reorder(order).vectorize(oi, lanes).unroll(oi).unroll(pi).parallel(oo).parallel(outer.back());
  };
  Expr outputs, pixels;
  for (size_t d = 0; d < y.args().size(); ++d) {
    if (y.args()[d].name() == o.name()) outputs = y.output_buffer().dim(static_cast<int>(d)).extent();
    if (y.args()[d].name() == pixel.name()) pixels = y.output_buffer().dim(static_cast<int>(d)).extent();
  }
  tiled(y.specialize(pixels >= tile.pixels && outputs > lanes), tile.outputs, tile.pixels);
  tiled(y.specialize(pixels >= tile.pixels), lanes, tile.pixels);
  tiled(y, lanes, 1);
  sum.compute_at(y, po).vectorize(o, lanes).unroll(o).unroll(pixel);
  sum.update().reorder(o, pixel, k).vectorize(o, lanes).unroll(o).unroll(pixel);
}

}  // namespace lithe
