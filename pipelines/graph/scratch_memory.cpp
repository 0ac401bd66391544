#include "pipelines/graph/scratch_memory.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

#include "pipelines/core/tensor.h"
#include "pipelines/graph/memory_pool.h"

namespace lithe {
namespace {

constexpr std::size_t kHeader = Tensor::kAlignment;   // room for a block's header; what follows is as aligned
constexpr std::size_t kLarge = std::size_t{1} << 20;  // bytes from which threads share
constexpr std::size_t kKept = std::size_t{8} << 20;   // that a thread keeps at most

struct Block {
  std::size_t bytes;  // without the header
};

class Cache {
 public:
  ~Cache() {
    for (const Kept& kept : kept_) std::free(kept.block);
  }

  Block* take(std::size_t bytes) {
    // The smallest that is large enough, but not one that is mostly wasted.
    auto best = kept_.end();
    for (auto it = kept_.begin(); it != kept_.end(); ++it) {
      const bool fits = it->bytes >= bytes && it->bytes / 4 <= bytes;
      if (fits && (best == kept_.end() || it->bytes < best->bytes)) best = it;
    }
    if (best == kept_.end()) return nullptr;
    Block* block = best->block;
    total_ -= best->bytes;
    kept_.erase(best);
    return block;
  }

  void keep(Block* block) {
    kept_.push_back({block->bytes, block});
    total_ += block->bytes;
    while (total_ > kKept) {
      total_ -= kept_.front().bytes;
      std::free(kept_.front().block);
      kept_.erase(kept_.begin());
    }
  }

 private:
  struct Kept {
    std::size_t bytes;  // of the block: searching touches no block
    Block* block;
  };
  std::vector<Kept> kept_;  // the oldest first
  std::size_t total_ = 0;
};

thread_local Cache cache;

}  // namespace

void* allocate_scratch(std::size_t bytes) {
  bytes = (bytes + Tensor::kAlignment - 1) / Tensor::kAlignment * Tensor::kAlignment;
  Block* block = bytes < kLarge ? cache.take(bytes) : nullptr;
  if (block == nullptr) {
    void* const memory = bytes < kLarge ? std::aligned_alloc(Tensor::kAlignment, kHeader + bytes)
                                        : MemoryPool::shared().take(kHeader + bytes);
    if (memory == nullptr) return nullptr;
    block = new (memory) Block{bytes};
  }
  return reinterpret_cast<char*>(block) + kHeader;
}

void free_scratch(void* memory) {
  if (memory == nullptr) return;
  auto* const block = reinterpret_cast<Block*>(static_cast<char*>(memory) - kHeader);
  block->bytes < kLarge ? cache.keep(block) : MemoryPool::shared().give_back(block);
}

}  // namespace lithe
