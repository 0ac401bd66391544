#pragma once
#include "halide_generators/dynamic_residual/adjoint.h"
#include "halide_generators/vectors.h"

namespace lithe {

/// An image per task. Neighbouring pixels share the mixed kernel that they read, several outputs the pixels that their
/// products read.
inline void schedule(DynamicResidualGradient& f, Func du, const Expr& channels, const Target& target) {
  constexpr int kPixels = 4, kOutputs = 8;
  const int lanes = target.natural_vector_size<float>();
  const auto guard = TailStrategy::GuardWithIf, whole = TailStrategy::RoundUp;
  Var pixels{"pixels"}, outputs{"outputs"}, columns{"columns"};
  in_vectors(du, f.c, channels, target, [&](Stage s, Var lane, Var vector) {
    s.split(f.w, pixels, f.w, kPixels, guard).unroll(f.w);
    s.reorder(lane, f.w, vector, pixels, f.h, f.n).parallel(f.n);
  });
  f.du.compute_at(du, Var("vector")).vectorize(f.c).unroll(f.w);
  f.du.update().reorder(f.c, f.w, f.output).vectorize(f.c).unroll(f.w);
  f.mixed.compute_root().vectorize(f.c, lanes, whole).parallel(f.n);
  f.mixed.update().reorder(f.c, f.o, f.kernel, f.n).vectorize(f.c, lanes, guard).parallel(f.n);

  f.products.compute_root();
  in_vectors(f.products, f.c, channels, target, [&](Stage s, Var lane, Var vector) {
    s.split(f.o, outputs, f.o, kOutputs, whole).unroll(f.o);
    s.reorder(lane, f.o, vector, outputs, f.n).parallel(f.n);
  });
  f.sums.compute_at(f.products, Var("vector")).vectorize(f.c).unroll(f.o);
  f.sums.update().reorder(f.c, f.o, f.pixel.x, f.pixel.y).vectorize(f.c).unroll(f.o);

  f.dpi.compute_root().parallel(f.n).update().reorder(f.channel, f.k, f.n).parallel(f.n);
  f.columns.compute_at(f.dpi, f.n).vectorize(f.c, lanes, whole);
  f.columns.update().split(f.c, columns, f.c, lanes, guard).reorder(f.c, f.output, columns, f.k, f.n).vectorize(f.c);
  f.dphi.compute_root().vectorize(f.c, lanes, whole).parallel(f.o);
  f.dphi.update().reorder(f.c, f.image, f.o, f.k).vectorize(f.c, lanes, guard).parallel(f.o);
}

}  // namespace lithe
