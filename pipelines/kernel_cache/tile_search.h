#pragma once

#include <optional>
#include <set>
#include <vector>

#include "pipelines/kernel_cache/kernel_compiler.h"

namespace lithe {

/// The order in which the tiles of one kernel are tried: the usual one, hints, then the neighbours of the best one so
/// far, one tunable changed at a time, then all other combinations in a shuffled order.
class TileSearch {
 public:
  TileSearch(std::vector<Tunable> tunables, const std::vector<KernelTile>& hints);

  /// Usual values are left out, as are names that the schedule does not know.
  KernelTile canonical(KernelTile tile) const;
  void tried(const KernelTile& tile) { tried_.insert(canonical(tile)); }
  /// Nothing if all were tried. The same arguments give the same tile.
  std::optional<KernelTile> next(const KernelTile& best) const;

 private:
  bool is_new(const KernelTile& tile) const { return tried_.count(tile) == 0; }
  KernelTile combination(size_t index) const;

  std::vector<Tunable> tunables_;
  std::vector<KernelTile> hints_;
  std::set<KernelTile> tried_;
};

}  // namespace lithe
