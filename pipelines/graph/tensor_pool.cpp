#include "pipelines/graph/tensor_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>

#include "pipelines/core/threads.h"
#include "pipelines/graph/kernel_call.h"

namespace lithe {
namespace {

constexpr size_t kAlignment = 128;              // as all tensors have
constexpr size_t kPage = size_t{2} << 20;       // of the larger kind
constexpr size_t kManyPages = size_t{8} << 20;  // what is worth larger pages

size_t rounded(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

struct TensorPool::State {
  ~State() { trim(); }

  std::mutex mutex;
  std::multimap<size_t, void*> unused;  // by size
  int64_t bytes = 0, peak = 0;

  void trim() {
    for (const auto& block : unused) std::free(block.second);
    unused.clear();
  }
  // A block of at least `bytes`, whose size is stored there.
  void* take(size_t& size) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto it = unused.lower_bound(size);
    void* memory = nullptr;
    if (it != unused.end() && it->first <= size + size / 4) {
      size = it->first, memory = it->second;
      unused.erase(it);
    } else {
      const bool large = size >= kManyPages;
      size = rounded(size, large ? kPage : kAlignment);
      memory = std::aligned_alloc(large ? kPage : kAlignment, size);
      if (memory == nullptr) throw std::bad_alloc();
      if (large) madvise(memory, size, MADV_HUGEPAGE);  // refused by systems without such pages; the others serve too
    }
    bytes += static_cast<int64_t>(size);
    peak = std::max(peak, bytes);
    return memory;
  }
  void give_back(void* memory, size_t size) {
    const std::lock_guard<std::mutex> lock(mutex);
    bytes -= static_cast<int64_t>(size);
    unused.emplace(size, memory);
  }
};

TensorPool::TensorPool() : state_(std::make_shared<State>()) {}

Tensor TensorPool::take(const Shape& shape, bool planar) {
  size_t size = std::max<size_t>(static_cast<size_t>(elements(shape) * size_of(DType::kF32)), kAlignment);
  void* memory = state_->take(size);
  const auto give_back = [state = state_, size](void* block) { state->give_back(block, size); };
  return Tensor::view(memory, shape, layout_strides(shape, planar), DType::kF32, {memory, give_back});
}

Tensor TensorPool::laid_out(const Tensor& t, bool planar) {
  if (has_layout(t.shape(), t.strides(), planar)) return t;
  const Tensor copied = take(t.shape(), planar);
  parallel_for(t.dim(0), [&](int64_t n) { copy(t.images(n, 1), copied.images(n, 1)); });
  return copied;
}

void TensorPool::trim() {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->trim();
}

int64_t TensorPool::bytes() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->bytes;
}

int64_t TensorPool::peak_bytes() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->peak;
}

void TensorPool::reset_peak() {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->peak = state_->bytes;
}

}  // namespace lithe
