#include "pipelines/core/float32.h"

#include "pipelines/core/half.h"

namespace lithe {
namespace {

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
      return converted<uint16_t>(rows, from_float16);
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

Tensor to_half(const Tensor& x, DType type) {
  LITHE_CHECK(type == DType::kF16 || type == DType::kBF16);
  const Tensor rows = x.contiguous();
  Tensor y(x.shape(), type);
  auto* to = static_cast<uint16_t*>(y.raw());
  for (int64_t i = 0, count = x.size(); i < count; ++i) {
    to[i] = type == DType::kF16 ? to_float16(rows.data()[i]) : to_bfloat16(rows.data()[i]);
  }
  return y;
}

}  // namespace lithe
