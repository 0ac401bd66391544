#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

struct BatchNorm {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), gamma = r.in("gamma"), beta = r.in("beta"), mean = r.in("mean"), var = r.in("var"),
         y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      y(n, c, h, w) = gamma(c) * (x(n, c, h, w) - mean(c)) / sqrt(var(c) + r.number("eps")) + beta(c);
    });
  }
};
LITHE_OP_TEST(batch_norm, BatchNorm, "N=1 C=8 H=7 W=7 var=positive", "N=3 C=3 H=1 W=5 var=positive",
              "N=2 C=37 var=positive eps=0.1");

}  // namespace
}  // namespace lithe::test
