#include "pipelines/core/float32.h"

#include <cmath>
#include <cstring>

namespace lithe {
namespace {

float from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits.
float from_half(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 0x1fu, mantissa = half & 0x3ffu;
  if (exponent == 31) return from_bits(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0) return from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
  const float subnormal = std::ldexp(static_cast<float>(mantissa), -24);
  return sign != 0 ? -subnormal : subnormal;
}

// bfloat16 is the upper half of a float32.
float from_bfloat16(uint16_t bits) { return from_bits(static_cast<uint32_t>(bits) << 16); }

template <class T, class Convert>
Tensor converted(const Tensor& x, Convert&& convert) {
  Tensor y(x.shape());
  const T* from = static_cast<const T*>(x.raw());
  float* to = y.data();
  for (int64_t i = 0, count = x.size(); i < count; ++i) to[i] = convert(from[i]);
  return y;
}

}  // namespace

Tensor to_float32(const Tensor& x) {
  const Tensor rows = x.contiguous();
  const auto cast = [](auto value) { return static_cast<float>(value); };
  switch (x.dtype()) {
    case DType::kF32:
      return rows;
    case DType::kF64:
      return converted<double>(rows, cast);
    case DType::kF16:
      return converted<uint16_t>(rows, from_half);
    case DType::kBF16:
      return converted<uint16_t>(rows, from_bfloat16);
    case DType::kI64:
      return converted<int64_t>(rows, cast);
    case DType::kI32:
      return converted<int32_t>(rows, cast);
    case DType::kI16:
      return converted<int16_t>(rows, cast);
    case DType::kI8:
      return converted<int8_t>(rows, cast);
    case DType::kU8:
      return converted<uint8_t>(rows, cast);
    case DType::kBool:
      return converted<uint8_t>(rows, [](uint8_t value) { return value != 0 ? 1.0f : 0.0f; });
  }
  LITHE_CHECK(false);
}

}  // namespace lithe
