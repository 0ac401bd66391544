// y[n,c,h,w] = x[n,index[c],h,w]. A channel shuffle of G groups is index[j*G + i] = i*(C/G) + j.

#include <algorithm>

#include "halide_generators/channel_permute/index.h"

namespace lithe {
namespace {

Kernel channel_permute_kernel() {
  Kernel kernel;
  kernel.name = "channel_permute";
  kernel.pixels = true;
  return kernel;
}

Kernel planar_kernel() {
  Kernel kernel;
  kernel.name = "planar_permute";
  kernel.planar = true;
  return kernel;
}

// Back to where they came from; the contract allows an index that leaves channels out or takes them twice.
bool is_permutation(const Dims& d) {
  std::vector<int64_t> index = d.attribute<std::vector<int64_t>>("index");
  std::sort(index.begin(), index.end());
  return std::adjacent_find(index.begin(), index.end()) == index.end();
}

AdjointNode inverse(const Dims& d) {
  const auto& index = d.attribute<std::vector<int64_t>>("index");
  std::vector<int64_t> back(index.size());
  for (size_t c = 0; c < index.size(); ++c) back[static_cast<size_t>(index[c])] = static_cast<int64_t>(c);
  return {"channel_permute", {"dy"}, {{"index", back}}};
}

}  // namespace

LITHE_REGISTER_OP(channel_permute)
    .summary("y[c] = x[index[c]]")
    .input("x", "N C H W")
    .output("y", "N C H W")
    .required_attribute("index", std::vector<int64_t>{})
    .gradients("x", is_permutation)
    .require(index_fits, kIndexFits)
    .kernel(channel_permute_kernel())
    .kernel(planar_kernel())
    .adjoint("x", inverse);

}  // namespace lithe
