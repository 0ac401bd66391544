#include "cli/peak.h"

#include <algorithm>

#include "pipelines/core/clock.h"

namespace lithe::cli {
namespace {

// Enough sums to hide the latency of a multiply-add (4 cycles) behind two of them per cycle.
constexpr int kSums = 12, kSteps = 20000;

typedef float Vector4 __attribute__((vector_size(16)));
typedef float Vector8 __attribute__((vector_size(32)));
typedef float Vector16 __attribute__((vector_size(64)));

// Compiled with the instructions of the function that it is inlined in.
template <class Vector>
[[gnu::always_inline]] inline float multiply_adds(float factor) {
  Vector sum[kSums] = {}, a{}, b{};
  a += factor, b += 1 - factor;
  for (int i = 0; i < kSums; ++i) sum[i] += static_cast<float>(i);
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 0; i < kSums; ++i) sum[i] = sum[i] * a + b;
  }
  float total = 0;
  for (const Vector& s : sum) total += s[0];
  return total;
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] float with_avx512(float factor) { return multiply_adds<Vector16>(factor); }
[[gnu::target("avx2,fma")]] float with_avx2(float factor) { return multiply_adds<Vector8>(factor); }
#endif
float baseline(float factor) { return multiply_adds<Vector4>(factor); }

struct Loop {
  float (*run)(float factor);
  int lanes;
};

Loop loop_for([[maybe_unused]] const std::string& instruction_set) {
#if defined(__x86_64__)
  if (instruction_set == "avx512") return {with_avx512, 16};
  if (instruction_set == "avx2") return {with_avx2, 8};
#endif
  return {baseline, 4};
}

}  // namespace

double peak_gflops(const std::string& instruction_set) {
  const Loop loop = loop_for(instruction_set);
  double best = 0;
  volatile float kept;  // what nobody reads is not computed
  for (int run = 0; run < 50; ++run) {
    const auto start = Clock::now();
    kept = loop.run(0.5f);
    const double seconds = seconds_since(start);
    static_cast<void>(kept);
    best = std::max(best, 2.0 * kSums * kSteps * loop.lanes / seconds / 1e9);
  }
  return best;
}

}  // namespace lithe::cli
