#pragma once
#include "halide_generators/pooling/adjoint.h"
#include "halide_generators/vectors.h"

namespace lithe {

/// An image per task, pixel by pixel; `outer`: the variables of y but its channels, innermost first. The `sums` of a
/// vector of channels are made in registers.
inline void schedule_pixels(Func y, Var c, const std::vector<Var>& outer, const std::vector<Func>& sums,
                            const Expr& channels, const Target& target) {
  Var at;
  in_vectors(y, c, channels, target, [&](Stage s, Var lane, Var vector) {
    std::vector<VarOrRVar> order{lane, vector};
    order.insert(order.end(), outer.begin(), outer.end());
    s.reorder(order).parallel(outer.back());
    at = vector;
  });
  for (Func sum : sums) {
    sum.compute_at(y, at).vectorize(c);
    for (int i = 0; i < sum.num_update_definitions(); ++i) sum.update(i).vectorize(c);
  }
}

/// The winners of an image come first; of the elements that won only the places are kept.
inline void schedule(MaxPoolGradient& f, Func dx, const Expr& channels, const Target& target) {
  schedule_pixels(dx, f.c, {f.w, f.h, f.n}, {f.dx}, channels, target);
  f.place.compute_at(dx, f.n);
  Var at;
  in_vectors(f.place, f.c, channels, target, [&](Stage s, Var lane, Var vector) {
    s.reorder(lane, vector, f.w, f.h);
    at = vector;
  });
  f.winner.compute_at(f.place, at).vectorize(f.c).update().reorder(f.c, f.tap.x, f.tap.y).vectorize(f.c);
}

/// Nothing is divided per pixel: where the cells lie is looked up.
inline void schedule(AdaptiveAvgPoolGradient& f, Func dx, const Expr& channels, const Target& target) {
  schedule_pixels(dx, f.c, {f.w, f.h, f.n}, {f.dx}, channels, target);
  for (Func table : {f.column, f.left, f.row, f.top}) table.compute_root();
  f.shares.compute_at(dx, f.n);
  in_vectors(f.shares, f.c, channels, target,
             [&](Stage s, Var lane, Var vector) { s.reorder(lane, vector, f.w, f.h); });
}

}  // namespace lithe
