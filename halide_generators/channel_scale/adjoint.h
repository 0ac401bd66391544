#pragma once
#include "halide_generators/buffers.h"

namespace lithe {

/// The gradient of a factor that all pixels p of a channel share: sum(c, n) = sum over p of dy(c, p, n) x(c, p, n). As
/// in `GlobalAvgPool` every fourth pixel goes into the same part, so that additions do not wait for each other.
struct FactorGradient {
  Var c{"c"}, q{"q"}, n{"n"};
  RDom four, part, rest;
  Func sums{"sums"}, total{"total"};
  static constexpr int kParts = 4;
  template <class X>
  FactorGradient(const X& x, const X& dy, Expr pixels)
      : four(0, pixels / kParts), part(0, kParts), rest(0, pixels % kParts) {
    const auto product = [&](Expr p) { return dy(c, p, n) * x(c, p, n); };
    sums(c, q, n) = 0.0f;
    sums(c, q, n) += product(four * kParts + q);
    total(c, n) = 0.0f;
    total(c, n) += sums(c, part, n);
    total(c, n) += product(pixels / kParts * kParts + rest);
  }
};

inline void schedule(FactorGradient& f, Func y, const Target& target) {
  Var co{"co"}, ci{"ci"};
  const Expr channels = y.output_buffer().dim(0).extent();
  const auto blocks = [&](Stage s, int size) {
    s.split(f.c, co, ci, size, size == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.vectorize(ci).parallel(co).parallel(f.n);
  };
  for (int size = target.natural_vector_size<float>(); size >= 4; size /= 2) {
    blocks(y.specialize(channels >= size), size);
  }
  blocks(y, 1);
  f.sums.compute_at(y, co).vectorize(f.c).unroll(f.q);
  f.sums.update().reorder(f.c, f.q, f.four).vectorize(f.c).unroll(f.q);
  f.total.compute_at(y, co).vectorize(f.c);
  f.total.update(0).reorder(f.c, f.part).vectorize(f.c).unroll(f.part);
  f.total.update(1).reorder(f.c, f.rest).vectorize(f.c);
}

}  // namespace lithe
