// The whole 1x1 layer of Dynamic Convolution Decomposition, with its latent path taken pixel by pixel.
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

struct DynamicPointwise {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), s = r.in("s"), q = r.in("q"), phi = r.in("phi"), p = r.in("p"), y = r.out("y");
    const int64_t latent = r("L"), inputs = r("C"), outputs = r("O"), height = r("H"), width = r("W");
    const auto bias = [&](const char* port, int64_t i) { return r.has(port) ? r.in(port)(i) : T(0); };
    for (int64_t n = 0; n < r("N"); ++n) {
      for (int64_t at = 0; at < height * width; ++at) {
        const int64_t h = at / width, column = at % width;
        std::vector<T> z, mixed;
        for (int64_t l = 0; l < latent; ++l) {
          z.push_back(bias("a", l));
          for (int64_t c = 0; c < inputs; ++c) z.back() += q(l, c) * x(n, c, h, column);
        }
        for (int64_t l = 0; l < latent; ++l) {
          mixed.push_back(0);
          for (int64_t j = 0; j < latent; ++j) mixed.back() += phi(n, l * latent + j) * z[static_cast<size_t>(j)];
        }
        for (int64_t o = 0; o < outputs; ++o) {
          T fixed = bias("b", o), sum = bias("c", o);
          for (int64_t c = 0; c < inputs; ++c) fixed += w(o, c) * x(n, c, h, column);
          for (int64_t l = 0; l < latent; ++l) sum += p(o, l) * mixed[static_cast<size_t>(l)];
          y(n, o, h, column) = min(max(sum + s(n, o) * fixed, r.number("clamp_min")), r.number("clamp_max"));
        }
      }
    }
  }
};

LITHE_OP_TEST(dynamic_pointwise, DynamicPointwise,
              // many pixels: the weights of the image are made first
              "N=1 C=8 O=24 L=4 LL=16 H=15 W=16", "N=2 C=33 O=19 L=9 LL=81 H=14 W=13 b=absent a=absent c=absent",
              "N=3 C=5 O=40 L=7 LL=49 H=11 W=11 clamp_min=0 clamp_max=6", "N=1 C=3 O=3 L=2 LL=4 H=8 W=8",
              // few pixels: the latent path is added to each
              "N=1 C=24 O=48 L=12 LL=144 H=7 W=7", "N=3 C=40 O=19 L=17 LL=289 H=3 W=1 c=absent",
              "N=2 C=96 O=70 L=21 LL=441 H=3 W=4 clamp_min=0 b=absent", "N=2 C=20 O=10 L=4 LL=16");

}  // namespace
}  // namespace lithe::test
