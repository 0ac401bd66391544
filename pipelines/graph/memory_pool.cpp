#include "pipelines/graph/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <iterator>

#include "pipelines/core/tensor.h"

namespace lithe {
namespace {

constexpr size_t kPage = size_t{2} << 20;         // of the larger kind
constexpr size_t kChunk = size_t{4} << 30;        // of addresses: memory is what was written to, and chunks do not join
constexpr size_t kSmallChunk = size_t{32} << 20;  // where addresses are scarce (ulimit -v)

size_t rounded(size_t bytes, size_t unit) { return std::max(unit, (bytes + unit - 1) / unit * unit); }

uintptr_t rounded_up(const void* address) { return (reinterpret_cast<uintptr_t>(address) + kPage - 1) / kPage * kPage; }

// Nullptr if the system refuses.
char* map_pages(size_t size) {
  void* const mapped =
      ::mmap(nullptr, size + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  const size_t before = rounded_up(mapped) - reinterpret_cast<uintptr_t>(mapped);
  char* const memory = static_cast<char*>(mapped) + before;
  if (before > 0) ::munmap(mapped, before);
  ::munmap(memory + size, kPage - before);
  ::madvise(memory, size, MADV_HUGEPAGE);  // refused by systems without such pages; the others serve too
  return memory;
}

}  // namespace

MemoryPool& MemoryPool::shared() {
  static auto* pool = new MemoryPool;
  return *pool;
}

MemoryPool::~MemoryPool() {
  for (const auto& [memory, size] : chunks_) ::munmap(memory, size);
}

// The smallest block that is large enough; what is left of it is a block of its own.
void* MemoryPool::take(size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t size = rounded(bytes, Tensor::kAlignment);
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
  for (const size_t least : {kChunk, kSmallChunk, kPage}) {
    const size_t size = rounded(std::max(bytes, least), kPage);
    char* const memory = map_pages(size);
    if (memory == nullptr) continue;
    chunks_.emplace_back(memory, size);
    set_unused(blocks_.insert({memory, {size, true, false}}).first);
    return true;
  }
  return false;
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
  for (const auto& [size, memory] : unused_) {
    const uintptr_t begin = rounded_up(memory), end = (reinterpret_cast<uintptr_t>(memory) + size) / kPage * kPage;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

int64_t MemoryPool::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
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
