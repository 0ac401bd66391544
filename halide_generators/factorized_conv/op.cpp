// A factorised convolution, KH x 1 and then 1 x KW (Micro-Factorized Convolution, Li et al., ICCV 2021), in one pass:
// z[n,m,h,w] = a[m] + sum_{i,t} u[m,i,t] x[n, index[g(m) I + i], h s_h + t - p_h, w],   g(m) = m / (M / (C / I))
// y[n,o,h,w] = clamp(b[o] + sum_t v[o,t] z[n, m(o), h, w s_w + t - p_w]),   m(o) = o / (O / M)
// with x and z zero outside. Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <algorithm>

#include "halide_generators/channel_permute/index.h"
#include "halide_generators/conv2d/window.h"

namespace lithe {
namespace {

void derive(Dims& d) {
  derive_window(d);
  d.set("multiplier", d("O") / std::max<int64_t>(d("M"), 1));
}

bool groups_fit(const Dims& d) {
  return d("I") > 0 && d("C") % d("I") == 0 && d("C") > 0 && d("M") % (d("C") / d("I")) == 0 && d("M") > 0 &&
         d("O") % d("M") == 0;
}

// M I KH 1 -> M I KH
Tensor pack_column(const std::vector<Tensor>& values, const Dims& d) {
  return values.at(0).contiguous().reshaped({d("M"), d("I"), d("KH")});
}

// O 1 1 KW -> O KW
Tensor pack_row(const std::vector<Tensor>& values, const Dims& d) {
  return values.at(0).contiguous().reshaped({d("O"), d("KW")});
}

Kernel taps(const std::string& name, int64_t count) {
  Kernel kernel;
  kernel.name = name;
  kernel.pack = {{"u", pack_column}, {"v", pack_row}};
  kernel.planar = true;
  if (count > 0) kernel.applies = [=](const Dims& d) { return d("KH") == count && d("KW") == count; };
  return kernel;
}

}  // namespace

[[maybe_unused]] static const Op& factorized_conv =
    with_window(register_op("factorized_conv"))
        .summary(
            "KH x 1 convolution of the channels x[index[c]], then 1 x KW depthwise with O / M outputs per channel; "
            "made by rewrites")
        .input("x", "N C H W")
        .input("u", "M I KH 1")
        .input("v", "O 1 1 KW")
        .optional_input("a", "M")
        .optional_input("b", "O")
        .output("y", "N O Ho Wo")
        .required_attribute("index", std::vector<int64_t>{})
        .derive(derive)
        .require(groups_fit, "I must divide C, the number of groups C / I must divide M, and M must divide O")
        .require(index_fits, kIndexFits)
        .madds([](const Dims& d) { return d("N M I KH Ho W") + d("N O KW Ho Wo"); })
        .kernel(taps("factorized_conv_3", 3))
        .kernel(taps("factorized_conv_5", 5))
        .kernel(taps("factorized_conv", 0));

}  // namespace lithe
