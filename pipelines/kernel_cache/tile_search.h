#pragma once

#include <optional>
#include <set>
#include <vector>

#include "pipelines/kernel_cache/kernel_compiler.h"

namespace lithe {

/// The order in which the tiles of one kernel are tried behind the usual one: hints, then the neighbours of the best
/// one so far, one tunable changed at a time, then all other combinations in a shuffled order.
class TileSearch {
 public:
  TileSearch(std::vector<Tunable> tunables, const std::vector<KernelTile>& hints);

  /// A tile that is not among `tried`, without usual values; nothing if there is none left.
  std::optional<KernelTile> next(const KernelTile& best, const std::set<KernelTile>& tried) const;

 private:
  // Without usual values, and without names and values that the schedule does not offer.
  KernelTile canonical(const KernelTile& tile) const;
  KernelTile combination(size_t index) const;

  std::vector<Tunable> tunables_;
  std::vector<KernelTile> hints_;
};

}  // namespace lithe
