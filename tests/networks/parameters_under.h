#pragma once
#include "pipelines/graph/graph.h"

namespace lithe::test {

/// The numbers in the parameters whose names begin and end so.
inline int64_t parameters_under(const Graph& graph, const std::string& prefix, const std::string& end = "") {
  int64_t count = 0;
  for (const Value& v : graph.values) {
    const bool ends = v.name.size() >= end.size() && v.name.substr(v.name.size() - end.size()) == end;
    if (v.kind == ValueKind::kParameter && v.name.rfind(prefix, 0) == 0 && ends) count += elements(v.shape);
  }
  return count;
}

}  // namespace lithe::test
