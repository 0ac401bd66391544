#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/dynamic_shift_max/algorithm.h"
#include "halide_generators/planes.h"

namespace lithe {

/// One block of channels at a time: its coefficients and places stay in registers while the pixels pass.
inline void schedule(DynamicShiftMax& f, Func y, Expr J, Expr K, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  Var co{"co"}, ci{"ci"};
  const auto blocks = [&](Stage s, int lanes) {
    s.split(f.c, co, ci, lanes, lanes == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder(ci, f.p, co, f.n).vectorize(ci).parallel(co).parallel(f.n);
  };
  const int widest = target.natural_vector_size<float>();
  const Expr channels = y.output_buffer().dim(0).extent();
  for (const int branches : {1, 2}) {
    for (int lanes = widest; lanes >= 4; lanes /= 2) {
      blocks(y.specialize(f.has_inside && J == 2 && K == branches && channels >= lanes), lanes);
    }
  }
  blocks(y, 1);
  for (Func table : {f.turn, f.wrap}) table.compute_root().vectorize(f.c, widest, TailStrategy::RoundUp);
  y.update().reorder(f.c, f.end, f.n).parallel(f.n);
}

inline void schedule(PlanarShiftMax& f, Func y, const Expr& pixels, Expr J, Expr K, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  along_planes(y, f.p, f.c, f.n, pixels, {J == 2 && K == 2, J == 2 && K == 1}, target);
}

inline void schedule(ShiftMaxCoefficients& f, Func a, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(a);
  a.vectorize(f.c, target.natural_vector_size<float>(), TailStrategy::GuardWithIf);
}

}  // namespace lithe
