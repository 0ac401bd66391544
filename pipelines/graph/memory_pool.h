#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace lithe {

/// Memory that comes and goes: tensors of training steps, kernels' temporaries. What is given back serves the next one,
/// whole, in parts or together with what lies beside it, since fresh pages from the system cost more than what is
/// computed in them. Thread safe.
class MemoryPool {
 public:
  /// The one of this process; it is never destroyed, since tensors may outlive everything else.
  static MemoryPool& shared();

  MemoryPool() = default;
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;

  /// 128 bytes aligned; nullptr if the system has no more.
  void* take(size_t bytes);
  void give_back(void* memory);
  /// Returns to the system what nobody uses; the addresses stay.
  void trim();

  int64_t bytes() const;  // in use
  /// The most that was in use since `reset_peak`.
  int64_t peak_bytes() const;
  void reset_peak();

 private:
  struct Block {
    size_t size;
    bool starts_chunk, in_use;
  };
  using Blocks = std::map<char*, Block>;

  bool grow(size_t bytes);
  void set_unused(Blocks::iterator block);

  mutable std::mutex mutex_;
  std::vector<std::pair<char*, size_t>> chunks_;  // of addresses, from the system
  Blocks blocks_;                                 // all memory, by address
  std::set<std::pair<size_t, char*>> unused_;     // by size
  int64_t bytes_ = 0, peak_ = 0;
};

}  // namespace lithe
