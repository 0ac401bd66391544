#include "pipelines/graph/weight_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace lithe {
namespace {

constexpr std::size_t kAlignment = 128;                // as tensors have
constexpr std::size_t kPage = std::size_t{2} << 20;    // of the larger kind
constexpr std::size_t kBlock = std::size_t{32} << 20;  // what nobody touches takes no memory

std::size_t rounded(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

Tensor WeightMemory::keep(const Tensor& weights) {
  const std::size_t bytes = rounded(static_cast<std::size_t>(weights.bytes()), kAlignment);
  if (used_ + bytes > size_) {
    size_ = rounded(std::max(bytes, kBlock), kPage), used_ = 0;
    void* memory = std::aligned_alloc(kPage, size_);
    if (memory == nullptr) throw std::bad_alloc();
    block_ = {memory, std::free};
    madvise(memory, size_, MADV_HUGEPAGE);  // refused by systems without such pages; the others serve as well
  }
  const Tensor kept = Tensor::view(static_cast<char*>(block_.get()) + used_, weights.shape(),
                                   row_major_strides(weights.shape()), weights.dtype(), block_);
  copy(weights, kept);
  used_ += bytes;
  return kept;
}

}  // namespace lithe
