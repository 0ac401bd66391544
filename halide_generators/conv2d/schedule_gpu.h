#pragma once
#include "halide_generators/conv2d/algorithm.h"
#include "halide_generators/gpu.h"

namespace lithe {

/// Matrix products of panels of 16 outputs (panels.h): y at output o and a row is sum(o % 16, o / 16, row).
struct PanelSums {
  Func sum;
  Var o, ni, no, row;
  std::vector<Var> outer;  // the other variables of y
};

/// 16 threads take the outputs of a panel, 16 more neighbouring rows; each thread sums some rows of some panels, so
/// that a number that it reads serves several products. `most_panels`, `usual_rows`: how many of them.
inline void on_gpu(Func y, const PanelSums& f, int most_panels, int usual_rows) {
  const int panels = most_panels == 1 ? 1 : tunable("panels", most_panels, {1, 4});
  const int rows = tunable("rows", usual_rows, {1, 2, 8}), row_threads = tunable("row_threads", 16, {4, 8, 32});
  Var oo{"oo"}, oi{"oi"}, ro{"ro"}, ri{"ri"}, block{"block"}, thread{"thread"};
  const auto tiled = [&](Stage s, int size) {
    s.split(f.o, oo, oi, kPanel * panels, TailStrategy::GuardWithIf).split(oi, f.no, f.ni, kPanel);
    s.split(f.row, ro, ri, size, size == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    std::vector<VarOrRVar> order{f.no, ri, f.ni, ro};
    order.insert(order.end(), f.outer.begin(), f.outer.end());
    order.push_back(oo);
    s.reorder(order);
    Var all = ro;
    for (size_t i = 0; i < f.outer.size(); ++i) {
      Var fused{"fused" + std::to_string(i)};
      s.fuse(all, f.outer[i], fused);
      all = fused;
    }
    s.split(all, block, thread, row_threads, TailStrategy::GuardWithIf);
    s.unroll(f.no).unroll(ri).gpu_threads(f.ni, thread).gpu_blocks(block, oo);
  };
  int d = 0;
  while (y.args()[static_cast<size_t>(d)].name() != f.row.name()) ++d;
  tiled(y.specialize(y.output_buffer().dim(d).extent() >= rows), rows);
  tiled(y, 1);
  Func sum = f.sum;
  std::vector<VarOrRVar> order{f.no, f.row};
  for (const RVar& k : sum.rvars()) order.push_back(k);
  sum.compute_at(y, f.ni).bound_extent(f.no, panels).unroll(f.no).unroll(f.row);
  sum.update().reorder(order).unroll(f.no).unroll(f.row);
}

}  // namespace lithe
