#pragma once
#include "halide_generators/conv2d/adjoint.h"
#include "halide_generators/conv2d/schedule.h"

namespace lithe {

/// Neighbouring pixels of one remainder r meet the same taps. 4 of them: with more, addresses that are not known before
/// run time leave the registers. A row is put together where it is in the cache.
inline int pixels_together() { return tunable("pixels", 4, {2, 7, 8, 14}); }

inline void schedule(StridedGradient& f, Func dx, Expr C, const Target& target) {
  Var co{"co"}, ci{"ci"}, qo{"qo"}, qi{"qi"}, np{"np"}, nt{"nt"}, task{"task"};
  const int panels = target.has_feature(Target::AVX512_Skylake) ? 2 : 1, pixels = pixels_together();
  dx.split(f.c, co, ci, kPanel * panels, TailStrategy::GuardWithIf).split(ci, f.no, f.ni, kPanel);
  dx.reorder(f.ni, f.no, f.w, f.h, co, f.n).fuse(f.h, co, task).vectorize(f.ni).parallel(task).parallel(f.n);
  const auto tiled = [&](Stage s, int together) {
    s.split(f.no, nt, np, together, TailStrategy::RoundUp).split(f.q, qo, qi, pixels, TailStrategy::RoundUp);
    s.reorder(f.ni, np, qi, qo, f.r, nt).vectorize(f.ni).unroll(np).unroll(qi);
  };
  f.row.compute_at(dx, task).bound_extent(f.ni, kPanel);
  if (panels > 1) tiled(f.row.specialize(C <= kPanel), 1);
  tiled(f.row, panels);
  f.acc.compute_at(f.row, qo).vectorize(f.ni).unroll(f.no).unroll(f.q);
  f.acc.update().reorder(f.ni, f.no, f.q, f.k.x, f.k.y, f.k.z).vectorize(f.ni).unroll(f.no).unroll(f.q);
  f.padded.compute_at(dx, f.n).vectorize(f.i, kPanel);
}

inline void schedule(StridedDepthwiseGradient& f, Func dx, const Target& target) {
  const int pixels = pixels_together();
  Var co{"co"}, ci{"ci"}, qo{"qo"}, qi{"qi"};
  const auto blocks = [&](Stage s, int lanes) {
    s.split(f.c, co, ci, lanes, lanes == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder(ci, f.w, f.h, co, f.n).vectorize(ci).parallel(co).parallel(f.n);
  };
  const Expr channels = dx.output_buffer().dim(2).extent();
  for (int lanes = target.natural_vector_size<float>(); lanes >= 4; lanes /= 2) {
    blocks(dx.specialize(channels >= lanes), lanes);
  }
  blocks(dx, 1);
  f.padded.compute_at(dx, co).vectorize(f.c);
  f.row.compute_at(dx, f.h)
      .split(f.q, qo, qi, pixels, TailStrategy::RoundUp)
      .reorder(f.c, qi, qo, f.r)
      .vectorize(f.c)
      .unroll(qi);
  f.acc.compute_at(f.row, qo).vectorize(f.c).unroll(f.q);
  f.acc.update().reorder(f.c, f.q, f.k.x, f.k.y).vectorize(f.c).unroll(f.q);
}

/// Register tile of a weight gradient: `panels` vectors of 16 outputs by `depth` inputs. Whole tiles only: what lies
/// behind the last input is computed and left.
struct GradientTile {
  int panels, depth;
};

/// `depth`: for 32 registers; 12 fill them, 8 waste less where inputs are few.
inline GradientTile gradient_tile(const Target& target, int depth) {
  if (target.has_feature(Target::AVX512_Skylake))
    return {tunable("panels", 2, {1, 2}), tunable("depth", depth, {4, 6, 8, 12})};
  return {1, target.has_feature(Target::AVX2) || target.arch == Target::ARM ? 6 : 3};
}

/// The sums of a panel, one input after the other, become rows of inputs. A task adds the parts of one panel and turns
/// it: by rows every task would read all of it.
struct TurnedPanels {
  Func dw;
  Var o, panel{"panel_of_outputs"};
  void schedule(Stage s, const std::vector<Var>& row) const {
    Var lane{"lane"};
    std::vector<VarOrRVar> order{lane};
    order.insert(order.end(), row.begin(), row.end());
    order.push_back(panel);
    s.split(o, panel, lane, kPanel, TailStrategy::GuardWithIf).reorder(order).parallel(panel);
  }
};

/// The sums of a tile over the rows of a chunk stay in registers. A task takes the panels of a tile and a part. Where
/// there is one panel of outputs (of O) a tile is as deep as two panels have room for, if there are so many inputs (K).
/// What chunks copy first is `copies`.
template <class F>
void schedule_gradient(F& f, const TurnedPanels& turned, Expr O, Expr K, const GradientTile& usual, const RDom& row,
                       const RDom& chunks, const std::vector<Var>& taps, const std::vector<Func>& copies = {}) {
  const auto loops = [](const RDom& r) {
    std::vector<VarOrRVar> result;
    for (int i = 0; i < r.dimensions(); ++i) result.push_back(r[i]);
    return result;
  };
  Var ko{"ko"}, ki{"ki"}, np{"np"}, nt{"nt"};
  const auto tiled = [&](Stage s, const std::vector<VarOrRVar>& inner, const GradientTile& tile) {
    s.split(f.k, ko, ki, tile.depth, TailStrategy::RoundUp).split(f.no, nt, np, tile.panels, TailStrategy::RoundUp);
    std::vector<VarOrRVar> order{f.ni, np, ki};
    order.insert(order.end(), taps.begin(), taps.end());
    order.push_back(ko);
    order.insert(order.end(), inner.begin(), inner.end());
    order.insert(order.end(), {nt, f.part});
    s.reorder(order).vectorize(f.ni).unroll(np).unroll(ki).parallel(nt).parallel(f.part);
  };
  // What is not copied is read in another way where there are fewer outputs than a vector has (Blocks).
  std::vector<Expr> narrow{O <= kPanel};
  if (copies.empty()) narrow.insert(narrow.begin(), O < kPanel);
  const auto tiles = [&](Stage s, const std::vector<VarOrRVar>& inner) {
    for (const Expr& few : narrow) {
      tiled(s.specialize(few && K > usual.depth), inner, {1, usual.panels * usual.depth});
      tiled(s.specialize(few), inner, {1, usual.depth});
    }
    tiled(s, inner, usual);
  };
  f.sum.compute_root().bound_extent(f.ni, kPanel);
  tiles(f.sum, {});
  tiles(f.sum.update(), loops(chunks));
  f.acc.compute_at(f.sum, taps.empty() ? ko : taps[0]);
  const auto registers = [&](Stage s, const std::vector<VarOrRVar>& rows) {
    std::vector<VarOrRVar> order{f.ni, f.no, f.k};
    order.insert(order.end(), rows.begin(), rows.end());
    s.reorder(order).vectorize(f.ni, kPanel).unroll(f.no).unroll(f.k);
  };
  registers(f.acc, {});
  registers(f.acc.update(), loops(row));
  for (Func copy : copies) copy.compute_at(f.sum, chunks[0]).vectorize(copy.args()[0], kPanel);
  f.total.compute_at(turned.dw, turned.panel).bound(f.ni, 0, kPanel).vectorize(f.ni).update().vectorize(f.ni);
}

inline void schedule(PanelGradient& f, const TurnedPanels& turned, Expr O, Expr K, const GradientTile& tile) {
  schedule_gradient(f, turned, O, K, tile, f.row, f.chunks, {});
}

inline void schedule(TapGradient& f, const TurnedPanels& turned, Expr O, Expr K, const GradientTile& tile) {
  schedule_gradient(f, turned, O, K, tile, f.pixel, f.chunks, {f.kx, f.ky}, {f.padded, f.panel});
}

/// The sums of all taps of a block of channels stay in registers, where their number is known.
inline void schedule(DepthwiseTapGradient& f, int KH, int KW) {
  f.sum.compute_root().bound_extent(f.ci, f.blocks.lanes).vectorize(f.ci).parallel(f.part);
  f.sum.update().reorder(f.ci, f.kx, f.ky, f.co, f.chunks.x, f.chunks.y, f.part).vectorize(f.ci).parallel(f.part);
  f.sum.update().specialize(f.blocks.few());
  f.acc.compute_at(f.sum, f.co).vectorize(f.ci);
  f.acc.update().reorder(f.ci, f.kx, f.ky, f.pixel.x, f.pixel.y).vectorize(f.ci);
  if (KH > 0) {
    f.acc.bound_extent(f.kx, KW).bound_extent(f.ky, KH).unroll(f.kx).unroll(f.ky);
    f.acc.update().unroll(f.kx).unroll(f.ky);
  }
  f.padded.compute_at(f.sum, f.co).vectorize(f.ci);
  f.total.compute_root().bound_extent(f.ci, f.blocks.lanes).vectorize(f.ci).update().vectorize(f.ci);
}

inline void schedule(BiasGradient& f, Func db, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var oo{"oo"};
  f.acc.compute_root().vectorize(f.o, lanes, TailStrategy::RoundUp).parallel(f.chunk);
  f.acc.update().split(f.o, oo, f.o, lanes, TailStrategy::GuardWithIf).reorder(f.o, f.row, oo, f.chunk);
  f.acc.update().vectorize(f.o).parallel(f.chunk);
  f.total.compute_root().update().reorder(f.o, f.chunks);
  db.vectorize(f.o, lanes, TailStrategy::GuardWithIf);
}

}  // namespace lithe
