#include "pipelines/graph/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace lithe {
namespace {

constexpr size_t kAlignment = 128;           // as all tensors have
constexpr size_t kPage = size_t{2} << 20;    // of the larger kind
constexpr size_t kChunk = size_t{32} << 20;  // what the system is asked for, at least

size_t rounded(size_t bytes, size_t unit) { return std::max(unit, (bytes + unit - 1) / unit * unit); }

}  // namespace

MemoryPool& MemoryPool::shared() {
  static auto* pool = new MemoryPool;
  return *pool;
}

MemoryPool::~MemoryPool() { trim(); }

// The smallest block that is large enough; what is left of it is a block of its own.
void* MemoryPool::take(size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t size = rounded(bytes, kAlignment);
  auto best = unused_.lower_bound({size, nullptr});
  if (best == unused_.end()) {
    if (!grow(size)) return nullptr;
    best = unused_.lower_bound({size, nullptr});
  }
  char* const memory = best->second;
  unused_.erase(best);
  Block& block = blocks_.at(memory);
  const size_t left = block.size - size;
  block.size = size, block.in_use = true;
  if (left > 0) set_unused(blocks_.insert({memory + size, {left, false, false}}).first);
  bytes_ += static_cast<int64_t>(size);
  peak_ = std::max(peak_, bytes_);
  return memory;
}

void MemoryPool::give_back(void* memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto block = blocks_.find(static_cast<char*>(memory));
  bytes_ -= static_cast<int64_t>(block->second.size);
  block->second.in_use = false;
  set_unused(block);
}

bool MemoryPool::grow(size_t bytes) {
  const size_t size = rounded(std::max(bytes, kChunk), kPage);
  void* const memory = std::aligned_alloc(kPage, size);
  if (memory == nullptr) return false;
  madvise(memory, size, MADV_HUGEPAGE);  // refused by systems without such pages; the others serve too
  held_ += static_cast<int64_t>(size);
  set_unused(blocks_.insert({static_cast<char*>(memory), {size, true, false}}).first);
  return true;
}

// Joins it with its neighbours where nobody uses them.
void MemoryPool::set_unused(Blocks::iterator block) {
  const auto behind = std::next(block);
  if (behind != blocks_.end() && !behind->second.in_use && !behind->second.starts_chunk) {
    unused_.erase({behind->second.size, behind->first});
    block->second.size += behind->second.size;
    blocks_.erase(behind);
  }
  if (!block->second.starts_chunk) {
    const auto before = std::prev(block);
    if (!before->second.in_use) {
      unused_.erase({before->second.size, before->first});
      before->second.size += block->second.size;
      blocks_.erase(block);
      block = before;
    }
  }
  unused_.insert({block->second.size, block->first});
}

void MemoryPool::trim() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto block = blocks_.begin(); block != blocks_.end();) {
    const auto behind = std::next(block);
    const bool whole = block->second.starts_chunk && (behind == blocks_.end() || behind->second.starts_chunk);
    if (whole && !block->second.in_use) {
      unused_.erase({block->second.size, block->first});
      held_ -= static_cast<int64_t>(block->second.size);
      std::free(block->first);
      blocks_.erase(block);
    }
    block = behind;
  }
}

int64_t MemoryPool::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

int64_t MemoryPool::held() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return held_;
}

int64_t MemoryPool::peak_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return peak_;
}

void MemoryPool::reset_peak() {
  const std::lock_guard<std::mutex> lock(mutex_);
  peak_ = bytes_;
}

}  // namespace lithe
