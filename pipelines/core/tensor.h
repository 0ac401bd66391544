#pragma once
// Dense arrays. Logical shapes are N C H W everywhere; where an element lies in memory is a matter of strides.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/core/error.h"

namespace lithe {

using Shape = std::vector<int64_t>;

/// The number of elements. Throws Error on a negative extent or an overflow of 63 bits.
int64_t elements(const Shape& shape);
/// "1x3x224x224"; "scalar" for rank 0.
std::string to_string(const Shape& shape);

enum class DType : uint8_t { kF32, kF64, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool };

/// Bytes of one element.
int64_t size_of(DType dtype);
/// The name in safetensors files: "F32", "I64", "BOOL".
const char* name_of(DType dtype);

template <class T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() {
  return DType::kF32;
}
template <>
constexpr DType dtype_of<double>() {
  return DType::kF64;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return DType::kI64;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return DType::kI32;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return DType::kU8;
}

/// A view of a shared buffer: copies are cheap and alias. Elements start uninitialised, 128 bytes aligned.
class Tensor {
 public:
  /// Bytes: how memory of our own is aligned, as Halide's own buffers are.
  static constexpr std::size_t kAlignment = 128;

  Tensor() = default;
  /// Row-major: the last dimension is innermost.
  explicit Tensor(Shape shape, DType dtype = DType::kF32);
  /// N C H W with the channels innermost in memory (NHWC). Other ranks are row-major.
  static Tensor channels_last(Shape shape);
  /// A view of memory that `owner` keeps alive; strides in elements.
  static Tensor view(void* data, Shape shape, Shape strides, DType dtype, std::shared_ptr<void> owner);
  static Tensor filled(Shape shape, float value);
  static Tensor of(Shape shape, const std::vector<float>& values);

  bool empty() const { return data_ == nullptr; }
  const Shape& shape() const { return shape_; }
  const Shape& strides() const { return strides_; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  int64_t dim(int64_t i) const { return shape_.at(static_cast<size_t>(i)); }
  int64_t size() const { return elements(shape_); }
  int64_t bytes() const { return size() * size_of(dtype_); }
  DType dtype() const { return dtype_; }
  /// Whether the elements lie in row-major order without gaps.
  bool row_major() const;

  /// The first element. Throws an internal Error if T is not the element type.
  template <class T = float>
  T* data() const {
    LITHE_CHECK(dtype_of<T>() == dtype_);
    return static_cast<T*>(data_);
  }
  void* raw() const { return data_; }

  /// Element (n, c, h, w); trailing indices that the tensor lacks must be 0.
  float& at(int64_t n, int64_t c = 0, int64_t h = 0, int64_t w = 0) const {
    const int64_t index[4] = {n, c, h, w};
    int64_t offset = 0;
    for (size_t i = 0; i < strides_.size() && i < 4; ++i) offset += index[i] * strides_[i];
    return static_cast<float*>(data_)[offset];
  }

  /// A fresh row-major copy.
  Tensor clone() const;
  /// This tensor if it is row-major, a row-major copy otherwise.
  Tensor contiguous() const;
  /// The same elements under another shape of equal size. Throws unless row-major.
  Tensor reshaped(Shape shape) const;
  /// Images [first, first + count) along dimension 0, a view.
  Tensor images(int64_t first, int64_t count) const;

 private:
  std::shared_ptr<void> owner_;
  void* data_ = nullptr;
  Shape shape_, strides_;
  DType dtype_ = DType::kF32;
};

Shape row_major_strides(const Shape& shape);
/// Strides of N C H W with the channels innermost.
Shape channels_last_strides(const Shape& shape);
/// Copies element by element into a tensor of the same shape and type, whatever the strides.
void copy(const Tensor& from, const Tensor& to);
/// max|a - b| over max(1, max|b|); infinity where either is not finite or shapes differ.
double relative_difference(const Tensor& a, const Tensor& b);

}  // namespace lithe
