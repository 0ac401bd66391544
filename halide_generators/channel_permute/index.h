#pragma once
// The attribute `index` of operators that read the channels x[index[c]].

#include <algorithm>
#include <vector>

#include "pipelines/graph/op.h"

namespace lithe {

inline bool index_fits(const Dims& d) {
  const auto& index = d.attribute<std::vector<int64_t>>("index");
  return static_cast<int64_t>(index.size()) == d("C") &&
         std::all_of(index.begin(), index.end(), [&](int64_t c) { return c >= 0 && c < d("C"); });
}
constexpr const char* kIndexFits = "index must hold C channel numbers from 0 to C - 1";

}  // namespace lithe
