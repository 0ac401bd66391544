#include "pipelines/graph/gradient_sum.h"

#include <algorithm>

#include "pipelines/core/threads.h"

namespace lithe {
namespace {

constexpr int64_t kBlock = 1 << 16;  // elements per task

// to = a + b, all without gaps and in one layout; to may be a.
void add_elements(const Tensor& a, const Tensor& b, const Tensor& to) {
  const int64_t size = a.size();
  parallel_for((size + kBlock - 1) / kBlock, [&](int64_t block) {
    const int64_t begin = block * kBlock, count = std::min(kBlock, size - begin);
    const float *x = a.data() + begin, *y = b.data() + begin;
    float* z = to.data() + begin;
    for (int64_t i = 0; i < count; ++i) z[i] = x[i] + y[i];
  });
}

bool is_planar(const Tensor& t) { return t.row_major(); }

}  // namespace

Tensor added(const Tensor& a, const Tensor& b) {
  const bool planar = is_planar(a);
  const Tensor sum = pooled_tensor(a.shape(), planar);
  add_elements(laid_out(a, planar), laid_out(b, planar), sum);  // a caller's gradient may have gaps
  return sum;
}

void GradientSum::add(const Tensor& gradient, bool is_own) {
  if (sum_.empty()) {
    sum_ = gradient, is_own_ = is_own;
  } else if (is_own_) {
    add_elements(sum_, laid_out(gradient, is_planar(sum_)), sum_);
  } else {
    sum_ = added(sum_, gradient), is_own_ = true;
  }
}

}  // namespace lithe
