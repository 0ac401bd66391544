#pragma once
#include "Halide.h"
#include "halide_generators/specialise.h"

// Schedules for graphics cards. Consecutive threads take consecutive channels, which lie side by side in memory, and
// every thread keeps its sums in registers. Any extents will do: what is left over is guarded. How many threads share a
// block and what each of them does is tunable; the order of a sum is not.
namespace lithe {

using namespace Halide;

/// The kernels of a generator.cpp that are compiled for graphics cards too; kernels.cmake reads the names here. Every
/// operator needs one of them for every shape; kernels that only suit the registers of processors are left out.
#define LITHE_GPU_KERNELS(...) static_assert(true, "a semicolon follows")

/// One variable in place of all of these.
inline Var fuse_all(Stage s, const std::vector<Var>& variables) {
  Var all = variables[0];
  for (size_t i = 1; i < variables.size(); ++i) {
    Var fused{"fused" + std::to_string(i)};
    s.fuse(all, variables[i], fused);
    all = fused;
  }
  return all;
}

/// One thread per element of y, or per some. `order`: the variables of y, innermost in memory first; none: as they
/// stand.
inline void on_gpu(Func y, std::vector<Var> order = {}) {
  const int threads = tunable("threads", 128, {64, 256, 512}), elements = tunable("elements", 1, {2, 4});
  Var block{"block"}, thread{"thread"}, element{"element"}, rest{"rest"};
  if (order.empty()) order = y.args();
  y.compute_root().reorder(std::vector<VarOrRVar>(order.begin(), order.end()));
  const Var all = fuse_all(y, order);
  if (elements == 1) {
    y.gpu_tile(all, block, thread, threads, TailStrategy::GuardWithIf);
    return;
  }
  // Neighbours stay with neighbouring threads.
  y.split(all, rest, thread, threads, TailStrategy::GuardWithIf);
  y.split(rest, block, element, elements, TailStrategy::GuardWithIf);
  y.reorder(element, thread, block).gpu_threads(thread).gpu_blocks(block);
}

/// The same where every thread computes `sums` first. Halide finds the one element that it needs of them only if it
/// splits no fused variable and fuses at most two.
inline void on_gpu(Func y, const std::vector<Func>& sums, std::vector<Var> order = {}) {
  const int first = tunable("threads_x", 32, {16, 64, 128}), second = tunable("threads_y", 4, {1, 2, 8});
  Var fo{"fo"}, fi{"fi"}, so{"so"}, si{"si"}, lower{"lower"}, upper{"upper"};
  if (order.empty()) order = y.args();
  y.compute_root().split(order[0], fo, fi, first, TailStrategy::GuardWithIf);
  std::vector<VarOrRVar> threads{fi}, blocks(order.begin() + std::min<size_t>(order.size(), 2), order.end());
  if (order.size() > 1) {
    y.split(order[1], so, si, second, TailStrategy::GuardWithIf);
    threads.push_back(si), blocks.push_back(so);
  }
  blocks.push_back(fo);
  std::vector<VarOrRVar> loops = threads;
  loops.insert(loops.end(), blocks.begin(), blocks.end());
  y.reorder(loops);
  while (blocks.size() > 3) {
    const size_t i = blocks.size() == 4 ? 0 : 2;
    y.fuse(blocks[i].var, blocks[i + 1].var, i == 0 ? lower : upper);
    blocks[i] = i == 0 ? lower : upper;
    blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  for (const VarOrRVar& v : threads) y.gpu_threads(v);
  for (const VarOrRVar& v : blocks) y.gpu_blocks(v);
  for (Func sum : sums) sum.compute_at(y, fi);
}

/// All of a sum, computed before what reads it: for the above.
inline Func whole(Func sum) { return sum.in(); }

}  // namespace lithe
