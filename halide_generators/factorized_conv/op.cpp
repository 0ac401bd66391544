// A factorised convolution, KH x 1 and then 1 x KW (Micro-Factorized Convolution, Li et al., ICCV 2021), in one pass:
// z[n,m,h,w] = a[m] + sum_{i,t} u[m,i,t] x[n, index[g(m) I + i], h s_h + t - p_h, w],   g(m) = m / (M / (C / I))
// y[n,o,h,w] = clamp(b[o] + sum_t v[o,t] z[n, m(o), h, w s_w + t - p_w]),   m(o) = o / (O / M)
// with x and z zero outside. Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <algorithm>
#include <limits>

namespace lithe {
namespace {

void derive(Dims& d) {
  const int64_t h = d("H") + 2 * d("pad_h") - d("KH"), w = d("W") + 2 * d("pad_w") - d("KW");
  d.set("Ho", h < 0 ? 0 : h / std::max<int64_t>(d("stride_h"), 1) + 1);
  d.set("Wo", w < 0 ? 0 : w / std::max<int64_t>(d("stride_w"), 1) + 1);
  d.set("multiplier", d("O") / std::max<int64_t>(d("M"), 1));
}

bool groups_fit(const Dims& d) {
  return d("I") > 0 && d("C") % d("I") == 0 && d("C") > 0 && d("M") % (d("C") / d("I")) == 0 && d("M") > 0 &&
         d("O") % d("M") == 0;
}

bool index_fits(const Dims& d) {
  const auto& index = d.attribute<std::vector<int64_t>>("index");
  return static_cast<int64_t>(index.size()) == d("C") &&
         std::all_of(index.begin(), index.end(), [&](int64_t c) { return c >= 0 && c < d("C"); });
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

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

LITHE_REGISTER_OP(factorized_conv)
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
    .attribute("stride_h", int64_t{1})
    .attribute("stride_w", int64_t{1})
    .attribute("pad_h", int64_t{0})
    .attribute("pad_w", int64_t{0})
    .attribute("clamp_min", -kInfinity)
    .attribute("clamp_max", kInfinity)
    .derive(derive)
    .require([](const Dims& d) { return d("stride_h") > 0 && d("stride_w") > 0; }, "strides must be at least 1")
    .require([](const Dims& d) { return d("pad_h") >= 0 && d("pad_w") >= 0; }, "paddings must be at least 0")
    .require(groups_fit, "I must divide C, the number of groups C / I must divide M, and M must divide O")
    .require(index_fits, "index must hold C channel numbers from 0 to C - 1")
    .require([](const Dims& d) { return d("Ho") > 0 && d("Wo") > 0; }, "the kernel is larger than the padded image")
    .madds([](const Dims& d) { return d("N M I KH Ho W") + d("N O KW Ho Wo"); })
    .kernel(taps("factorized_conv_3", 3))
    .kernel(taps("factorized_conv_5", 5))
    .kernel(taps("factorized_conv", 0));

}  // namespace lithe
