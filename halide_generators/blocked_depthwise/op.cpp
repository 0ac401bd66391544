// A depthwise convolution whose channels have several outputs, with the outputs in an order that vectors can write:
// channel a*B + i of x, i < B = block, has the outputs (a*M + b)*B + i, b < M = O / C:
// y[n, (a*M + b)*B + i, h, w] = clamp(bias + sum_{u,v} w[(a*M + b)*B + i, 0, u, v] x[n, a*B + i, h s_h + u - p_h,
// w s_w + v - p_w]). Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <algorithm>

#include "halide_generators/conv2d/window.h"

namespace lithe {
namespace {

void derive(Dims& d) {
  derive_window(d);
  d.set("multiplier", d("O") / std::max<int64_t>(d("C"), 1));
}

// O 1 KH KW -> KH KW O.
Tensor pack_taps(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor w = values.at(0).contiguous();
  const int64_t outputs = d("O"), taps = d("KH KW");
  Tensor packed({d("KH"), d("KW"), outputs});
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t t = 0; t < taps; ++t) packed.data()[t * outputs + o] = w.data()[o * taps + t];
  }
  return packed;
}

Kernel taps(const std::string& name, int64_t kh, int64_t kw) {
  return {name, [=](const Dims& d) { return d("KH") == kh && d("KW") == kw; }, {{"w", pack_taps}}};
}

}  // namespace

[[maybe_unused]] static const Op& blocked_depthwise =
    with_window(register_op("blocked_depthwise"))
        .summary("depthwise convolution with O / C outputs per channel, in blocks of channels; made by rewrites")
        .input("x", "N C H W")
        .input("w", "O 1 KH KW")
        .optional_input("b", "O")
        .output("y", "N O Ho Wo")
        .required_attribute("block", int64_t{1})
        .derive(derive)
        .require([](const Dims& d) { return d("O") % d("C") == 0; }, "C must divide O")
        .require([](const Dims& d) { return d("block") > 0 && d("C") % d("block") == 0; }, "block must divide C")
        .madds([](const Dims& d) { return d("N O Ho Wo KH KW"); })
        .kernel(taps("blocked_depthwise_3x1", 3, 1))
        .kernel(taps("blocked_depthwise_1x3", 1, 3))
        .kernel(taps("blocked_depthwise_5x1", 5, 1))
        .kernel(taps("blocked_depthwise_1x5", 1, 5))
        .kernel({"blocked_depthwise", {}, {{"w", pack_taps}}});

}  // namespace lithe
