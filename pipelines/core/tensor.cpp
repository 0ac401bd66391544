#include "pipelines/core/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>

namespace lithe {
namespace {

std::shared_ptr<void> allocate(int64_t bytes) {
  const std::size_t rounded = (static_cast<std::size_t>(bytes) / Tensor::kAlignment + 1) * Tensor::kAlignment;
  void* memory = std::aligned_alloc(Tensor::kAlignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return {memory, std::free};
}

// A product of extents as a stride. It fits, or the tensor is empty (another extent is 0) and has no use for it.
int64_t step(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? 0 : product;
}

// Walks the target in the order in which it lies in memory.
template <class T>
void copy_elements(const Tensor& from, const Tensor& to) {
  std::vector<size_t> order(to.shape().size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return to.strides()[a] > to.strides()[b]; });
  struct Loop {
    int64_t extent, from, to;
  };
  std::vector<Loop> loops;
  for (const size_t d : order) loops.push_back({to.shape()[d], from.strides()[d], to.strides()[d]});
  while (loops.size() < 2) loops.insert(loops.begin(), {1, 0, 0});
  Loop inner = loops.back(), outer = loops[loops.size() - 2];
  if (inner.extent < 8) std::swap(inner, outer);  // the three channels of a pixel are not worth a loop
  loops.resize(loops.size() - 2);

  std::vector<int64_t> index(loops.size(), 0);
  const T* source = static_cast<const T*>(from.raw());
  T* target = static_cast<T*>(to.raw());
  for (;;) {
    for (int64_t i = 0; i < outer.extent; ++i) {
      const T* a = source + i * outer.from;
      T* b = target + i * outer.to;
      for (int64_t k = 0; k < inner.extent; ++k) b[k * inner.to] = a[k * inner.from];
    }
    size_t d = loops.size();
    for (;;) {
      if (d == 0) return;
      --d;
      source += loops[d].from, target += loops[d].to;
      if (++index[d] < loops[d].extent) break;
      source -= loops[d].from * loops[d].extent, target -= loops[d].to * loops[d].extent;
      index[d] = 0;
    }
  }
}

}  // namespace

int64_t elements(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count)) {
      throw Error("shape " + to_string(shape) + ": extents must be at least 0 and their product must fit in 63 bits");
    }
  }
  return count;
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const int64_t extent : shape) text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

int64_t size_of(DType dtype) {
  constexpr int64_t kSizes[] = {4, 8, 2, 2, 8, 4, 2, 1, 1, 1};
  return kSizes[static_cast<size_t>(dtype)];
}

const char* name_of(DType dtype) {
  constexpr const char* kNames[] = {"F32", "F64", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"};
  return kNames[static_cast<size_t>(dtype)];
}

Shape row_major_strides(const Shape& shape) {
  Shape strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride = step(stride, std::max<int64_t>(shape[i], 1));
  }
  return strides;
}

Shape channels_last_strides(const Shape& shape) {
  if (shape.size() != 4) return row_major_strides(shape);
  const int64_t c = shape[1], h = shape[2], w = shape[3];
  return {step(h, step(w, c)), 1, step(w, c), c};
}

Tensor::Tensor(Shape shape, DType dtype)
    : shape_(std::move(shape)), strides_(row_major_strides(shape_)), dtype_(dtype) {
  owner_ = allocate(elements(shape_) * size_of(dtype));
  data_ = owner_.get();
}

Tensor Tensor::channels_last(Shape shape) {
  Tensor t(std::move(shape));
  t.strides_ = channels_last_strides(t.shape_);
  return t;
}

Tensor Tensor::view(void* data, Shape shape, Shape strides, DType dtype, std::shared_ptr<void> owner) {
  LITHE_CHECK(shape.size() == strides.size());
  Tensor t;
  t.owner_ = std::move(owner);
  t.data_ = data;
  t.shape_ = std::move(shape);
  t.strides_ = std::move(strides);
  t.dtype_ = dtype;
  return t;
}

Tensor Tensor::filled(Shape shape, float value) {
  Tensor t(std::move(shape));
  std::fill_n(t.data(), t.size(), value);
  return t;
}

Tensor Tensor::of(Shape shape, const std::vector<float>& values) {
  Tensor t(std::move(shape));
  LITHE_CHECK(t.size() == static_cast<int64_t>(values.size()));
  std::copy(values.begin(), values.end(), t.data());
  return t;
}

bool Tensor::row_major() const {
  const Shape expected = row_major_strides(shape_);
  for (size_t i = 0; i < shape_.size(); ++i) {
    if (shape_[i] > 1 && strides_[i] != expected[i]) return false;
  }
  return true;
}

Tensor Tensor::clone() const {
  Tensor result(shape_, dtype_);
  copy(*this, result);
  return result;
}

Tensor Tensor::contiguous() const {
  if (!row_major()) return clone();
  Tensor same = *this;
  same.strides_ = row_major_strides(shape_);
  return same;
}

Tensor Tensor::reshaped(Shape shape) const {
  LITHE_CHECK(row_major());
  LITHE_CHECK(elements(shape) == size());
  Shape strides = row_major_strides(shape);
  return view(data_, std::move(shape), std::move(strides), dtype_, owner_);
}

Tensor Tensor::images(int64_t first, int64_t count) const {
  LITHE_CHECK(rank() >= 1 && first >= 0 && count >= 0 && first + count <= dim(0));
  Tensor part = *this;
  part.shape_[0] = count;
  part.data_ = static_cast<char*>(data_) + first * strides_[0] * size_of(dtype_);
  return part;
}

void copy(const Tensor& from, const Tensor& to) {
  LITHE_CHECK(from.shape() == to.shape() && from.dtype() == to.dtype());
  if (from.size() == 0) return;
  const bool same_order = from.strides() == to.strides() && from.strides() == channels_last_strides(from.shape());
  if (same_order || (from.row_major() && to.row_major())) {
    std::memcpy(to.raw(), from.raw(), static_cast<size_t>(from.bytes()));
    return;
  }
  switch (size_of(from.dtype())) {
    case 1:
      return copy_elements<uint8_t>(from, to);
    case 2:
      return copy_elements<uint16_t>(from, to);
    case 4:
      return copy_elements<uint32_t>(from, to);
    default:
      return copy_elements<uint64_t>(from, to);
  }
}

double relative_difference(const Tensor& a, const Tensor& b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a.shape() != b.shape()) return kInfinity;
  const Tensor x = a.contiguous(), y = b.contiguous();
  double difference = 0, scale = 1;
  for (int64_t i = 0; i < x.size(); ++i) {
    const double u = x.data()[i], v = y.data()[i];
    if (!std::isfinite(u) || !std::isfinite(v)) return kInfinity;
    difference = std::max(difference, std::fabs(u - v));
    scale = std::max(scale, std::fabs(v));
  }
  return difference / scale;
}

}  // namespace lithe
