#pragma once

#include <cstdint>
#include <string_view>

namespace lithe {

/// A stream of random numbers addressed by position: number i is the same whatever else was drawn, on every machine and
/// for any number of threads. Streams of one seed with different names are independent.
class RandomStream {
 public:
  RandomStream(uint64_t seed, std::string_view name) : key_(mixed(seed, hash(name))) {}

  uint64_t bits(uint64_t i) const { return mixed(key_, i); }
  /// Uniform in [0, 1).
  double uniform(uint64_t i) const { return static_cast<double>(bits(i) >> 11) / 0x1p53; }
  /// Nearly normal(0, 1), within +-6: the sum of twelve uniform numbers. Additions of small integers only, hence equal
  /// bits everywhere, which the logarithm and cosine of different C libraries do not promise.
  double normal(uint64_t i) const {
    int64_t sum = 0;
    for (uint64_t draw = 0; draw < 3; ++draw) {
      const uint64_t word = bits(3 * i + draw);
      for (int shift = 0; shift < 64; shift += 16) sum += static_cast<int64_t>(word >> shift & 0xffff);
    }
    return static_cast<double>(2 * sum - 12 * 0xffff) / 0x20000;
  }

 private:
  // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) with the counter as its state.
  static uint64_t mixed(uint64_t key, uint64_t counter) {
    uint64_t z = key + (counter + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // FNV-1a.
  static uint64_t hash(std::string_view text) {
    uint64_t h = 0xcbf29ce484222325u;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return h;
  }

  uint64_t key_;
};

}  // namespace lithe
