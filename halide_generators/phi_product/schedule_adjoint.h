#pragma once
#include "halide_generators/phi_product/adjoint.h"
#include "halide_generators/vectors.h"

namespace lithe {

/// An image per task. Several pixels share the rows of the matrix that they read; several rows of its gradient share
/// the pixels.
inline void schedule(PhiProductGradient& f, Func dz, Func dphi, const Expr& L, const Target& target) {
  constexpr int kPixels = 4, kRows = 4;
  Var pixels{"pixels"}, rows{"rows"};
  in_vectors(dz, f.j, L, target, [&](Stage s, Var lane, Var vector) {
    s.split(f.p, pixels, f.p, kPixels, TailStrategy::GuardWithIf).unroll(f.p);
    s.reorder(lane, f.p, vector, pixels, f.n).parallel(f.n);
  });
  f.dz.compute_at(dz, Var("vector")).vectorize(f.j).unroll(f.p);
  f.dz.update().reorder(f.j, f.p, f.row).vectorize(f.j).unroll(f.p);

  dphi.parallel(f.n);
  f.total.compute_at(dphi, f.n);
  in_vectors(f.total, f.j, L, target, [&](Stage s, Var lane, Var vector) {
    s.split(f.i, rows, f.i, kRows, TailStrategy::RoundUp).unroll(f.i).reorder(lane, f.i, vector, rows);
  });
  f.sum.compute_at(f.total, Var("vector")).vectorize(f.j).unroll(f.i);
  f.sum.update().reorder(f.j, f.i, f.pixel).vectorize(f.j).unroll(f.i);
}

}  // namespace lithe
