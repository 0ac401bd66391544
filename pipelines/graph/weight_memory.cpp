#include "pipelines/graph/weight_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace lithe {
namespace {

constexpr std::size_t kPage = std::size_t{2} << 20;    // of the larger kind
constexpr std::size_t kBlock = std::size_t{32} << 20;  // what nobody touches takes no memory

std::size_t rounded(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

/// `bytes` is a multiple of kPage.
std::shared_ptr<void> large_pages(std::size_t bytes) {
  void* memory = std::aligned_alloc(kPage, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);  // refused by systems without such pages; the others serve as well
  return {memory, std::free};
}

}  // namespace

Tensor large_page_memory(int64_t bytes) {
  if (static_cast<std::size_t>(bytes) < kPage) return Tensor({bytes}, DType::kU8);
  const std::shared_ptr<void> memory = large_pages(rounded(static_cast<std::size_t>(bytes), kPage));
  return Tensor::view(memory.get(), {bytes}, {1}, DType::kU8, memory);
}

Tensor WeightMemory::keep(const Tensor& weights) {
  const std::size_t bytes = rounded(static_cast<std::size_t>(weights.bytes()), Tensor::kAlignment);
  if (used_ + bytes > size_) {
    size_ = rounded(std::max(bytes, kBlock), kPage), used_ = 0;
    block_ = large_pages(size_);
  }
  const Tensor kept = Tensor::view(static_cast<char*>(block_.get()) + used_, weights.shape(),
                                   row_major_strides(weights.shape()), weights.dtype(), block_);
  copy(weights, kept);
  used_ += bytes;
  return kept;
}

}  // namespace lithe
