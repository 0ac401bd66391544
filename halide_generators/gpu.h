#pragma once
#include "Halide.h"

// Schedules for graphics cards. Consecutive threads take consecutive channels, which lie side by side in memory, and
// every thread keeps its sums in registers. Any extents will do: what is left over is guarded.
namespace lithe {

using namespace Halide;

/// The kernels of a generator.cpp that are compiled for graphics cards too; kernels.cmake reads the names here. Every
/// operator needs one of them for every shape; kernels that only suit the registers of processors are left out.
#define LITHE_GPU_KERNELS(...) static_assert(true, "a semicolon follows")

/// One thread per element of y; `sums` are computed by the thread that needs them.
inline void on_gpu(Func y, const std::vector<Func>& sums = {}) {
  constexpr int kThreads = 128;
  Var block{"block"}, thread{"thread"};
  Var all = y.args()[0];
  for (size_t i = 1; i < y.args().size(); ++i) {
    Var fused{"fused" + std::to_string(i)};
    y.fuse(all, y.args()[i], fused);
    all = fused;
  }
  y.compute_root().gpu_tile(all, block, thread, kThreads, TailStrategy::GuardWithIf);
  for (Func sum : sums) sum.compute_at(y, thread);
}

/// All of a sum, computed before what reads it: for the above.
inline Func whole(Func sum) { return sum.in(); }

/// One thread per element that an update of y writes; no two write the same. `channel` runs over the channels, `pixel`
/// are the other variables of y.
inline void update_on_gpu(Func y, const RVar& channel, const std::vector<Var>& pixel, const std::vector<Func>& sums) {
  constexpr int kChannels = 32, kPixels = 4;
  RVar co{"co"}, ci{"ci"};
  Var po{"po"}, pi{"pi"};
  Stage update = y.update();
  update.allow_race_conditions();
  Var all = pixel[0];
  for (size_t i = 1; i < pixel.size(); ++i) {
    Var fused{"fused" + std::to_string(i)};
    update.fuse(all, pixel[i], fused);
    all = fused;
  }
  update.split(channel, co, ci, kChannels, TailStrategy::GuardWithIf);
  update.split(all, po, pi, kPixels, TailStrategy::GuardWithIf);
  update.reorder(ci, pi, po, co).gpu_threads(ci, pi).gpu_blocks(po, co);
  for (Func sum : sums) sum.compute_at(y, ci);
}

}  // namespace lithe
