#include "pipelines/core/half.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace lithe {
namespace {

float from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

uint32_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

constexpr int kLeastExponent = -14, kMantissa = 10;  // of normal float16 numbers; bits
constexpr float kInfiniteFrom = 65520;               // halfway from the largest float16 to the next power of two

}  // namespace

float from_float16(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 0x1fu, mantissa = half & 0x3ffu;
  if (exponent == 31) return from_bits(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0) return from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
  const float subnormal = std::ldexp(static_cast<float>(mantissa), -24);
  return sign != 0 ? -subnormal : subnormal;
}

float from_bfloat16(uint16_t bits) { return from_bits(static_cast<uint32_t>(bits) << 16); }

uint16_t to_float16(float value) {
  const auto sign = static_cast<uint32_t>(std::signbit(value)) << 15;
  const float size = std::fabs(value);
  if (std::isnan(size)) return static_cast<uint16_t>(sign | 0x7e00u);
  if (size >= kInfiniteFrom) return static_cast<uint16_t>(sign | 0x7c00u);
  const int exponent = size == 0 ? kLeastExponent : std::max(std::ilogb(size), kLeastExponent);
  // A whole number of the unit in the last place, hidden bit included: that bit, or a carry, counts the exponent up.
  const auto units = static_cast<uint32_t>(std::lrint(std::ldexp(size, kMantissa - exponent)));
  return static_cast<uint16_t>(sign | ((static_cast<uint32_t>(exponent - kLeastExponent) << kMantissa) + units));
}

uint16_t to_bfloat16(float value) {
  const uint32_t bits = bits_of(value), upper = bits >> 16;
  if (std::isnan(value)) return static_cast<uint16_t>(upper | 0x40u);  // its payload may lie in the lower half alone
  return static_cast<uint16_t>((bits + 0x7fffu + (upper & 1)) >> 16);
}

}  // namespace lithe
