#include "pipelines/kernel_cache/tile_search.h"

#include <algorithm>
#include <numeric>

namespace lithe {
namespace {

constexpr size_t kCombinations = 1024;  // more are not tried one by one: the neighbours have to do

}  // namespace

TileSearch::TileSearch(std::vector<Tunable> tunables, const std::vector<KernelTile>& hints)
    : tunables_(std::move(tunables)) {
  for (const KernelTile& hint : hints) hints_.push_back(canonical(hint));
}

KernelTile TileSearch::canonical(const KernelTile& tile) const {
  KernelTile result;
  for (const Tunable& t : tunables_) {
    const auto value = tile.find(t.name);
    if (value == tile.end() || value->second == t.usual) continue;
    // Hints come from elsewhere: unrolling 700 rows takes the compiler until it is stopped, and with it the budget.
    if (std::count(t.values.begin(), t.values.end(), value->second) > 0) result.insert(*value);
  }
  return result;
}

std::optional<KernelTile> TileSearch::next(const KernelTile& best, const std::set<KernelTile>& tried) const {
  const auto is_new = [&](const KernelTile& tile) { return tried.count(tile) == 0; };
  for (const KernelTile& hint : hints_) {
    if (is_new(hint)) return hint;
  }
  for (const Tunable& t : tunables_) {
    const auto current = best.find(t.name);
    const int at = current == best.end() ? t.usual : current->second;
    std::vector<int> values = t.values;
    const auto distance = [&](int value) { return std::abs(value - at); };
    std::stable_sort(values.begin(), values.end(), [&](int a, int b) { return distance(a) < distance(b); });
    for (const int value : values) {
      KernelTile neighbour = best;
      neighbour[t.name] = value;
      neighbour = canonical(neighbour);
      if (is_new(neighbour)) return neighbour;
    }
  }
  size_t count = 1;
  for (const Tunable& t : tunables_) count = std::min(count * t.values.size(), kCombinations + 1);
  if (count == 0 || count > kCombinations) return std::nullopt;
  size_t step = count / 2 + 1;  // a step without a common divisor visits every index once
  while (std::gcd(step, count) != 1) ++step;
  for (size_t i = 0; i < count; ++i) {
    const KernelTile tile = combination(i * step % count);
    if (is_new(tile)) return tile;
  }
  return std::nullopt;
}

KernelTile TileSearch::combination(size_t index) const {
  KernelTile tile;
  for (const Tunable& t : tunables_) {
    tile[t.name] = t.values[index % t.values.size()];
    index /= t.values.size();
  }
  return canonical(tile);
}

}  // namespace lithe
