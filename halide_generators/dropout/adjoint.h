#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// Whether element `e` stays: a number in [0, 1) that depends on the seed and the place alone is at least p. The mixing
/// is that of MurmurHash3's end, twice; the way back makes the same numbers again, so that no mask is kept.
inline Expr stays(Expr e, Expr seed, Expr p) {
  const auto mixed = [](Expr h) {
    h = (h ^ (h >> 16)) * Expr(uint32_t{0x85ebca6bu});
    h = (h ^ (h >> 13)) * Expr(uint32_t{0xc2b2ae35u});
    return h ^ (h >> 16);
  };
  const Expr bits = mixed(mixed(cast<uint32_t>(e) ^ Expr(uint32_t{0x9e3779b9u})) + cast<uint32_t>(seed));
  return cast<float>(cast<int32_t>(bits >> 8)) * (1.0f / (1 << 24)) >= p;
}

inline Expr dropped(Expr x, Expr e, Expr seed, Expr p) {
  return select(stays(e, seed, p), x * (1.0f / (1.0f - p)), 0.0f);
}

}  // namespace lithe
