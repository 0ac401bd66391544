#include "pipelines/graph/pooled_tensor.h"

#include <new>

#include "pipelines/core/threads.h"
#include "pipelines/graph/kernel_call.h"
#include "pipelines/graph/memory_pool.h"

namespace lithe {

Tensor pooled_tensor(const Shape& shape, bool planar) {
  void* memory = MemoryPool::shared().take(static_cast<size_t>(elements(shape) * size_of(DType::kF32)));
  if (memory == nullptr) throw std::bad_alloc();
  const auto give_back = [](void* block) { MemoryPool::shared().give_back(block); };
  return Tensor::view(memory, shape, layout_strides(shape, planar), DType::kF32, {memory, give_back});
}

Tensor laid_out(const Tensor& t, bool planar) {
  if (has_layout(t.shape(), t.strides(), planar)) return t;
  const Tensor copied = pooled_tensor(t.shape(), planar);
  parallel_for(t.dim(0), [&](int64_t n) { copy(t.images(n, 1), copied.images(n, 1)); });
  return copied;
}

}  // namespace lithe
