#include "trainers/covnorm_start.h"

#include <algorithm>

#include "pipelines/core/threads.h"

namespace lithe {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Block g of a 1x1 convolution's weight or bias.
Eigen::MatrixXd block_of(const Tensor& tensor, int64_t g, int64_t groups) {
  const Tensor t = tensor.contiguous();
  const int64_t rows = t.dim(0) / groups, columns = t.rank() > 1 ? t.dim(1) : 1;
  return Eigen::Map<const RowMajor>(t.data() + g * rows * columns, rows, columns).cast<double>();
}

// The blocks of all groups one below the other.
Tensor stacked(const std::vector<Eigen::MatrixXd>& blocks, bool is_weight) {
  const auto groups = static_cast<int64_t>(blocks.size()), rows = static_cast<int64_t>(blocks[0].rows());
  const auto columns = static_cast<int64_t>(blocks[0].cols());
  Tensor t(is_weight ? Shape{groups * rows, columns, 1, 1} : Shape{groups * rows});
  for (int64_t g = 0; g < groups; ++g) {
    Eigen::Map<RowMajor>(t.data() + g * rows * columns, rows, columns) = blocks[static_cast<size_t>(g)].cast<float>();
  }
  return t;
}

struct Axes {
  std::vector<PrincipalAxes> in, out;  // per group
};

Axes axes_of(const AdapterPlace& place, const ActivationMoments& moments) {
  Axes axes;
  for (const Moments& m : moments.at(place.name + "/in")) axes.in.push_back(principal_axes(m));
  for (const Moments& m : moments.at(place.name + "/out")) axes.out.push_back(principal_axes(m));
  return axes;
}

int64_t largest_rank(const std::vector<PrincipalAxes>& groups, double tau) {
  int64_t rank = 0;
  for (const PrincipalAxes& p : groups) rank = std::max(rank, rank_below(p.variances, tau));
  return rank;
}

AdapterRanks ranks_of(const Axes& axes, const LowRankOptions& o) {
  const int64_t kx = largest_rank(axes.in, o.tau), ky = largest_rank(axes.out, o.tau);
  return o.svd ? AdapterRanks{std::min(kx, ky), std::min(kx, ky)} : AdapterRanks{kx, ky};
}

Parameters factors_of(const AdapterPlace& place, const Axes& axes, const AdapterRanks& ranks, const Parameters& full,
                      const LowRankOptions& o) {
  const Tensor &weight = full.at(join(place.name, "conv1.weight")), &bias = full.at(join(place.name, "conv1.bias"));
  std::map<std::string, std::vector<Eigen::MatrixXd>> blocks;
  for (int64_t g = 0; g < place.groups; ++g) {
    const Eigen::MatrixXd a = block_of(weight, g, place.groups);
    const auto i = static_cast<size_t>(g);
    const LowRankAdapter f = o.svd ? truncated_svd(a, block_of(bias, g, place.groups), ranks.kx)
                                   : covnorm(axes.in[i], axes.out[i], ranks.kx, ranks.ky, o.scaling, a);
    blocks["conv_wh.weight"].push_back(f.whiten), blocks["conv_wh.bias"].push_back(f.whiten_bias);
    blocks["conv_rc.weight"].push_back(f.recolour), blocks["conv_rc.bias"].push_back(f.recolour_bias);
    if (o.random_mini) continue;
    blocks["conv_MAL.weight"].push_back(f.mini), blocks["conv_MAL.bias"].push_back(f.mini_bias);
  }
  Parameters parameters;
  for (const auto& [part, parts] : blocks) {
    parameters[join(place.name, part)] = stacked(parts, part.find("weight") != std::string::npos);
  }
  return parameters;
}

}  // namespace

std::vector<WatchedValue> watched_values(const Graph& graph, const std::vector<AdapterPlace>& places) {
  std::vector<WatchedValue> values;
  for (const AdapterPlace& place : places) {
    values.push_back({place.name + "/in", graph.find(join(place.name, "bn1")), place.groups});
    values.push_back({place.name + "/out", graph.find(join(place.name, "conv1")), place.groups});
  }
  return values;
}

LowRankStart low_rank_start(const std::vector<AdapterPlace>& places, const Parameters& full,
                            const ActivationMoments& moments, const LowRankOptions& options) {
  std::vector<AdapterRanks> ranks(places.size());
  std::vector<Parameters> parameters(places.size());
  parallel_for(static_cast<int64_t>(places.size()), [&](int64_t p) {
    const auto i = static_cast<size_t>(p);
    const Axes axes = axes_of(places[i], moments);
    ranks[i] = ranks_of(axes, options);
    parameters[i] = factors_of(places[i], axes, ranks[i], full, options);
  });
  LowRankStart start;
  for (size_t i = 0; i < places.size(); ++i) {
    start.ranks[places[i].name] = ranks[i];
    start.parameters.insert(parameters[i].begin(), parameters[i].end());
  }
  return start;
}

}  // namespace lithe
