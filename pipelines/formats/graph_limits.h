#pragma once
// Bounds on graphs from files that nobody vouches for. No real network comes near; with them the arithmetic on extents
// cannot overflow.

#include <cstdint>

namespace lithe::limits {

constexpr int64_t kAttribute = int64_t{1} << 24;      // an integer attribute: a stride, a padding
constexpr int64_t kImageExtent = int64_t{1} << 16;    // a dimension of a graph input
constexpr int64_t kImageElements = int64_t{1} << 28;  // a graph input
constexpr int64_t kValueElements = int64_t{1} << 31;  // any activation or parameter

}  // namespace lithe::limits
