// y[n,o,h,w] = clamp(b[o] + sum_i w[o,i] x[n, index[g(o) I + i], h, w]), g(o) = o / (O / groups): a 1x1 convolution of
// permuted channels, without a pass that permutes. Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <algorithm>
#include <limits>

#include "halide_generators/channel_permute/index.h"
#include "halide_generators/conv2d/panels.h"

namespace lithe {
namespace {

// O I 1 1 -> panels of 16 outputs, P K 16 (panels.h).
Tensor pack_panels(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor w = values.at(0).contiguous();
  const int64_t outputs = d("O"), inputs = d("I"), depth = d("K"), per_group = outputs / d("groups");
  Tensor packed = Tensor::filled({panels::count(outputs), depth, panels::kWidth}, 0.0f);
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t panel = o / panels::kWidth;
    const int64_t start = std::min(panel * panels::kWidth / per_group * inputs, d("C") - depth);
    for (int64_t i = 0; i < inputs; ++i) {
      packed.at(panel, o / per_group * inputs + i - start, o % panels::kWidth) = w.data()[o * inputs + i];
    }
  }
  return packed;
}

// O I 1 1 -> O I
Tensor pack_rows(const std::vector<Tensor>& values, const Dims& d) {
  return values.at(0).contiguous().reshaped({d("O"), d("I")});
}

Kernel planar_kernel() {
  Kernel kernel;
  kernel.name = "planar_pointwise";
  kernel.pack = {{"w", pack_rows}};
  kernel.planar = true;
  return kernel;
}

void derive(Dims& d) {
  if (d("groups") > 0 && d("C") == d("groups") * d("I") && d("O") % d("groups") == 0) {
    d.set("K", panels::depth(d("C"), d("O"), d("groups")));
  }
}

bool is_narrow(const Dims& d) { return d("O") <= panels::kWidth; }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

LITHE_REGISTER_OP(permuted_pointwise)
    .summary("1x1 convolution of the channels x[index[c]]; result clamped to [clamp_min, clamp_max]; made by rewrites")
    .input("x", "N C H W")
    .input("w", "O I 1 1")
    .optional_input("b", "O")
    .output("y", "N O H W")
    .required_attribute("index", std::vector<int64_t>{})
    .attribute("groups", int64_t{1})
    .attribute("clamp_min", -kInfinity)
    .attribute("clamp_max", kInfinity)
    .derive(derive)
    .require(
        [](const Dims& d) { return d("groups") > 0 && d("C") == d("groups") * d("I") && d("O") % d("groups") == 0; },
        "C must be groups * I and groups must divide O")
    .require(index_fits, kIndexFits)
    .madds([](const Dims& d) { return d("N O H W I"); })
    .kernel({"permuted_pointwise_narrow", is_narrow, {{"w", pack_panels}}, /*pixels=*/true})
    .kernel({"permuted_pointwise", {}, {{"w", pack_panels}}, /*pixels=*/true})
    .kernel(planar_kernel());

}  // namespace lithe
