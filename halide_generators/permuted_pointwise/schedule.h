#pragma once
#include "halide_generators/conv2d/schedule.h"
#include "halide_generators/permuted_pointwise/algorithm.h"
#include "halide_generators/planes.h"

namespace lithe {

/// A divisor of `outputs` for a register tile; 1 where it is not known.
inline int outputs_at_a_time(const Expr& outputs) {
  const int64_t* known = as_const_int(outputs);
  int count = known == nullptr ? 1 : 6;
  while (count > 1 && *known % count != 0) --count;
  return count;
}

/// A few vectors of pixels by a few outputs of one group, which read the same channels, stay in registers.
inline void schedule(PlanarPointwise& f, Func y, const Expr& pixels, Expr per_group, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y, {f.sum});
  const int outputs = outputs_at_a_time(per_group);
  const int vectors = tunable("vectors", outputs < 3 ? 4 : 2, {1, 2, 3, 4, 6});
  Var g{"g"}, in_group{"in_group"}, oo{"oo"}, oi{"oi"};
  tile_pixels(y, f.p, pixels, vectors * target.natural_vector_size<float>(), {}, [&](Stage s, Var po, Var pi) {
    s.split(f.o, g, in_group, per_group, TailStrategy::RoundUp).split(in_group, oo, oi, outputs, TailStrategy::RoundUp);
    s.reorder(pi, oi, oo, po, g, f.n).vectorize(pi).unroll(oi).parallel(g).parallel(f.n);
  });
  f.sum.compute_at(y, oo).vectorize(f.p).unroll(f.o);
  f.sum.update().reorder(f.p, f.o, f.k).vectorize(f.p).unroll(f.o);
}

}  // namespace lithe
