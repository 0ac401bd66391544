#include "pipelines/graph/memory_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "pipelines/core/random.h"

namespace lithe::test {
namespace {

constexpr size_t kMegabyte = size_t{1} << 20;

TEST(MemoryPool, GivesTheSameMemoryAgain) {
  MemoryPool pool;
  const auto step = [&] {
    std::vector<void*> blocks;
    for (const size_t size : {5 * kMegabyte, kMegabyte / 3, size_t{1}, 40 * kMegabyte}) {
      blocks.push_back(pool.take(size));
      EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()) % 128, 0);
    }
    for (void* block : blocks) pool.give_back(block);
    return blocks;
  };
  const auto first = step();
  EXPECT_EQ(step(), first);
  EXPECT_EQ(pool.bytes(), 0);
  EXPECT_LT(pool.peak_bytes(), static_cast<int64_t>(46 * kMegabyte));
  EXPECT_GE(pool.peak_bytes(), static_cast<int64_t>(45 * kMegabyte));
}

TEST(MemoryPool, ReturnsToTheSystemWhatNobodyUses) {
  MemoryPool pool;
  const auto take = [&] { return static_cast<unsigned char*>(pool.take(8 * kMegabyte)); };
  unsigned char* const unused = take();
  unsigned char* const used = take();
  unused[4 * kMegabyte] = used[4 * kMegabyte] = 7;
  pool.give_back(unused);
  pool.trim();
  EXPECT_EQ(used[4 * kMegabyte], 7);
  EXPECT_EQ(take(), unused);
  EXPECT_EQ(unused[4 * kMegabyte], 0) << "a fresh page";
}

TEST(MemoryPool, JoinsWhatLiesSideBySide) {
  MemoryPool pool;
  std::vector<void*> small;
  for (int i = 0; i < 32; ++i) small.push_back(pool.take(kMegabyte));
  for (size_t i = 0; i < 32; i += 2) pool.give_back(small[i]);  // every second one first
  for (size_t i = 1; i < 32; i += 2) pool.give_back(small[i]);
  EXPECT_EQ(pool.take(32 * kMegabyte), small[0]);
}

TEST(MemoryPool, KeepsBlocksApartAndWhatIsInUse) {
  MemoryPool pool;
  struct Owned {
    unsigned char* memory;
    size_t size;
    unsigned char mark;
  };
  const auto work = [&](uint64_t seed) {
    const RandomStream random(seed, "blocks");
    std::vector<Owned> owned;
    const auto check = [](const Owned& o) { return o.memory[0] == o.mark && o.memory[o.size - 1] == o.mark; };
    for (uint64_t i = 0; i < 3000; ++i) {
      if (owned.size() > 20) {
        const size_t which = random.bits(2 * i) % owned.size();
        EXPECT_TRUE(check(owned[which]));
        pool.give_back(owned[which].memory);
        owned.erase(owned.begin() + static_cast<std::ptrdiff_t>(which));
      }
      const size_t size = 1 + random.bits(2 * i + 1) % (kMegabyte / 2);
      const auto mark = static_cast<unsigned char>(random.bits(2 * i) >> 8);
      owned.push_back({static_cast<unsigned char*>(pool.take(size)), size, mark});
      owned.back().memory[0] = owned.back().memory[size - 1] = mark;
      if (i % 500 == 0) pool.trim();
    }
    for (const Owned& o : owned) {
      EXPECT_TRUE(check(o));
      pool.give_back(o.memory);
    }
  };
  std::thread other([&] { work(2); });
  work(1);
  other.join();
  EXPECT_EQ(pool.bytes(), 0);
}

}  // namespace
}  // namespace lithe::test
