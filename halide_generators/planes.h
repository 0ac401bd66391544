#pragma once
#include "halide_generators/buffers.h"

// The schedule of what runs over planar images: vectors of neighbouring pixels, channels and groups as scalars.
namespace lithe {

/// How many pixels of a plane a kernel takes at a time, the widest first; several where `pixels` is not known.
inline std::vector<int> pixel_tiles(const Expr& pixels, int widest) {
  const int64_t* known = as_const_int(pixels);
  if (known == nullptr) return widest > 16 ? std::vector<int>{widest, 16, 1} : std::vector<int>{widest, 1};
  while (widest > *known) widest /= 2;
  return {std::max(widest, 1)};
}

/// Splits pixels `p` into tiles of one of those sizes; a last partial one moves back and is computed again in part.
/// `rest` does everything else to a stage with the variables of and in a tile. `cases` are worth code of their own.
template <class Rest>
void tile_pixels(Func y, Var p, const Expr& pixels, int widest, const std::vector<Expr>& cases, Rest&& rest) {
  const auto split = [&](Stage s, int size) {
    Var po{"po"}, pi{"pi"};
    s.split(p, po, pi, size, size == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    rest(s, po, pi);
  };
  const std::vector<int> sizes = pixel_tiles(pixels, widest);
  for (const int size : sizes) {
    for (const Expr& condition : cases) split(y.specialize(condition && pixels >= size), size);
    if (size != sizes.back()) split(y.specialize(pixels >= size), size);
  }
  split(y, sizes.back());
}

/// Plane after plane, a few of them per task.
inline void along_planes(Func y, Var p, Var c, Var n, const Expr& pixels, const std::vector<Expr>& cases,
                         const Target& target) {
  constexpr int kTask = 16;
  tile_pixels(y, p, pixels, target.natural_vector_size<float>(), cases, [&](Stage s, Var po, Var pi) {
    Var task{"task"}, plane{"plane"};
    s.split(c, task, plane, kTask, TailStrategy::GuardWithIf);
    s.reorder(pi, po, plane, task, n).vectorize(pi).parallel(task).parallel(n);
  });
}

}  // namespace lithe
