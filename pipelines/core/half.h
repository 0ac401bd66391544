#pragma once
// The two number types of half a float32: IEEE 754 binary16 (F16: 1 sign, 5 exponent, 10 mantissa bits) and bfloat16
// (BF16: the upper half of a float32, so 7 mantissa bits).

#include <cstdint>

namespace lithe {

/// Exact.
float from_float16(uint16_t bits);
float from_bfloat16(uint16_t bits);

/// The bits of the nearest number, of two equally near ones the even one. What is beyond the range (65504 for F16)
/// becomes infinity; NaN stays NaN.
uint16_t to_float16(float value);
uint16_t to_bfloat16(float value);

}  // namespace lithe
