#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

struct ChannelPermute {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    const auto& index = r.template list<int64_t>("index");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      y(n, c, h, w) = x(n, index[static_cast<size_t>(c)], h, w);
    });
  }
};
LITHE_OP_TEST(channel_permute, ChannelPermute, "N=1 C=8 H=7 W=7 index=0,4,1,5,2,6,3,7",
              "N=3 C=6 H=1 W=5 index=0,2,4,1,3,5", "N=2 C=3 H=2 W=1 index=2,2,0", "N=2 C=5 index=4,3,2,1,0");

}  // namespace
}  // namespace lithe::test
