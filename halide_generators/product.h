#pragma once
#include "halide_generators/conv2d/schedule.h"

// The schedule of a product of a matrix per image with its pixels. As in convolutions, the matrix lies in panels of 16
// outputs and a register tile of sums stays in registers; here the panels are made anew for every image.
namespace lithe {

/// y(..., o, ...) = sum(o % 16, o / 16, pixel, ...). `outer` are the other variables of y; the last one is the image.
struct Product {
  Func sum;
  RDom k;
  Var o, ni, no, pixel;
  std::vector<Var> outer;
};

inline void schedule_product(Func y, const Product& f, const Tile& tile) {
  if (tile.gpu) return on_gpu(y, {f.sum, f.o, f.ni, f.no, f.pixel, f.outer}, tile.panels, tile.rows);
  Var oo{"oo"}, oi{"oi"}, po{"po"}, pi{"pi"};
  const auto tiled = [&](Stage s, int pixels) {
    s.split(f.o, oo, oi, kPanel * tile.panels, TailStrategy::GuardWithIf).split(oi, f.no, f.ni, kPanel);
    s.split(f.pixel, po, pi, pixels, pixels == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    std::vector<VarOrRVar> order{f.ni, f.no, pi, po};
    order.insert(order.end(), f.outer.begin(), f.outer.end() - 1);
    order.insert(order.end(), {oo, f.outer.back()});
    s.reorder(order).vectorize(f.ni).unroll(f.no).unroll(pi).parallel(oo).parallel(f.outer.back());
  };
  int d = 0;
  while (y.args()[static_cast<size_t>(d)].name() != f.pixel.name()) ++d;
  tiled(y.specialize(y.output_buffer().dim(d).extent() >= tile.rows), tile.rows);
  tiled(y, 1);
  Func sum = f.sum;
  sum.compute_at(y, po);
  schedule_sums(sum, f.k, f.ni, f.no, f.pixel, tile.panels);
}

}  // namespace lithe
