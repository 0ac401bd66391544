#include "pipelines/networks/fold_adapters.h"

#include <algorithm>
#include <cmath>

#include "pipelines/core/threads.h"

namespace lithe {
namespace {

struct Matrix {
  int64_t rows, columns;
  std::vector<double> values;
  double& at(int64_t r, int64_t c) { return values[static_cast<size_t>(r * columns + c)]; }
  double at(int64_t r, int64_t c) const { return values[static_cast<size_t>(r * columns + c)]; }
};

Matrix zeros(int64_t rows, int64_t columns) {
  return {rows, columns, std::vector<double>(static_cast<size_t>(rows * columns))};
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result = zeros(a.rows, b.columns);
  for (int64_t r = 0; r < a.rows; ++r) {
    for (int64_t i = 0; i < a.columns; ++i) {
      for (int64_t c = 0; c < b.columns; ++c) result.at(r, c) += a.at(r, i) * b.at(i, c);
    }
  }
  return result;
}

// Rows of group `g` of a grouped 1x1 convolution.
Matrix rows_of(const Tensor& weight, int64_t g, int64_t groups) {
  const Tensor w = weight.contiguous();
  Matrix m = zeros(w.dim(0) / groups, w.dim(1));
  const auto size = static_cast<int64_t>(m.values.size());
  std::copy_n(w.data() + g * size, size, m.values.begin());
  return m;
}

void put(const Matrix& m, int64_t g, const Tensor& into) {
  const auto size = static_cast<int64_t>(m.values.size());
  for (int64_t i = 0; i < size; ++i) into.data()[g * size + i] = static_cast<float>(m.values[static_cast<size_t>(i)]);
}

Affine affine(const Tensor& gamma, const Tensor& beta, const Tensor& mean, const Tensor& variance, double eps) {
  Affine a;
  for (int64_t c = 0; c < gamma.dim(0); ++c) {
    a.scale.push_back(gamma.at(c) / std::sqrt(variance.at(c) + eps));
    a.shift.push_back(beta.at(c) - a.scale.back() * mean.at(c));
  }
  return a;
}

// One group of an adapter, convolution by convolution: weight * (BN1's output) + bias.
class Group {
 public:
  Group(const AdapterPlace& place, const Parameters& parameters, int64_t g)
      : place_(place), parameters_(parameters), g_(g), block_(place.channels / place.groups) {
    const auto state = [&](const char* what) { return tensor(std::string("bn1.") + what); };
    const double eps = std::get<double>(find_op("batch_norm").complete({}, place.name).at("eps"));
    const Affine norm = affine(state("weight"), state("bias"), state("running_mean"), state("running_var"), eps);
    for (int64_t i = 0; i < block_; ++i) {
      scale_.push_back(norm.scale[static_cast<size_t>(g * block_ + i)]);
      constant_.push_back(norm.shift[static_cast<size_t>(g * block_ + i)]);
    }
  }

  /// Passes BN1's constant on through the next convolution and returns its weight.
  Matrix through(const std::string& convolution) {
    Matrix w = rows_of(tensor(convolution + ".weight"), g_, place_.groups);
    const Tensor bias = tensor(convolution + ".bias");
    std::vector<double> next;
    for (int64_t r = 0; r < w.rows; ++r) {
      double sum = bias.at(g_ * w.rows + r);
      for (int64_t c = 0; c < w.columns; ++c) sum += w.at(r, c) * constant_[static_cast<size_t>(c)];
      next.push_back(sum);
    }
    constant_ = next;
    return w;
  }
  /// The first convolution's weight reads x where it read BN1(x).
  Matrix before_norm(Matrix first) const {
    for (int64_t r = 0; r < first.rows; ++r) {
      for (int64_t c = 0; c < first.columns; ++c) first.at(r, c) *= scale_[static_cast<size_t>(c)];
    }
    return first;
  }
  const std::vector<double>& constant() const { return constant_; }

 private:
  const Tensor& tensor(const std::string& name) const { return parameters_.at(join(place_.name, name)); }

  const AdapterPlace& place_;
  const Parameters& parameters_;
  int64_t g_, block_;
  std::vector<double> scale_, constant_;
};

}  // namespace

FoldedAdapter fold_adapter(const AdapterPlace& place, const Parameters& parameters) {
  const int64_t groups = place.groups, block = place.channels / groups;
  const auto mini = parameters.find(join(place.name, "conv_MAL.weight"));
  FoldedAdapter folded;
  int64_t kx = 0, ky = 0;
  if (mini == parameters.end()) {
    folded.full = Tensor({place.channels, block});
  } else {
    ky = mini->second.dim(0) / groups, kx = mini->second.dim(1);
    folded.up = Tensor({place.channels, std::min(kx, ky)});
    folded.down = Tensor({groups * std::min(kx, ky), block});
  }
  for (int64_t g = 0; g < groups; ++g) {
    Group group(place, parameters, g);
    if (mini == parameters.end()) {
      put(group.before_norm(group.through("conv1")), g, folded.full);
    } else {
      const Matrix whiten = group.before_norm(group.through("conv_wh"));
      const Matrix m = group.through("conv_MAL"), recolour = group.through("conv_rc");
      put(kx <= ky ? product(recolour, m) : recolour, g, folded.up);
      put(kx <= ky ? whiten : product(m, whiten), g, folded.down);
    }
    folded.shift.insert(folded.shift.end(), group.constant().begin(), group.constant().end());
  }
  return folded;
}

Tensor folded_weight(const Tensor& weight, const FoldedAdapter& adapter, const Tensor& scale, int64_t groups) {
  const Tensor w = weight.contiguous();
  const int64_t channels = w.dim(0), block = channels / groups, row = w.size() / channels;
  Tensor result(w.shape());
  const auto add = [&](double factor, const float* from, std::vector<double>& to) {
    for (int64_t j = 0; j < row; ++j) to[static_cast<size_t>(j)] += factor * from[j];
  };
  // D w, group by group.
  const int64_t k = adapter.up.empty() ? 0 : adapter.up.dim(1);
  std::vector<std::vector<double>> latent(static_cast<size_t>(groups * k),
                                          std::vector<double>(static_cast<size_t>(row)));
  parallel_for(groups * k, [&](int64_t i) {
    for (int64_t c = 0; c < block; ++c) {
      add(adapter.down.at(i, c), w.data() + (i / k * block + c) * row, latent[static_cast<size_t>(i)]);
    }
  });
  parallel_for(channels, [&](int64_t o) {
    const int64_t g = o / block;
    std::vector<double> sum(static_cast<size_t>(row));
    add(1, w.data() + o * row, sum);
    for (int64_t i = 0; i < k; ++i) {
      const std::vector<double>& from = latent[static_cast<size_t>(g * k + i)];
      for (size_t j = 0; j < sum.size(); ++j) sum[j] += adapter.up.at(o, i) * from[j];
    }
    for (int64_t c = 0; c < (adapter.full.empty() ? 0 : block); ++c) {
      add(adapter.full.at(o, c), w.data() + (g * block + c) * row, sum);
    }
    const double factor = scale.empty() ? 1 : scale.at(o);
    for (int64_t j = 0; j < row; ++j) {
      result.data()[o * row + j] = static_cast<float>(factor * sum[static_cast<size_t>(j)]);
    }
  });
  return result;
}

Affine affine_of(const Node& norm, const Graph& graph, const Parameters& parameters) {
  const auto state = [&](size_t i) { return parameters.at(graph.value(norm.inputs[i]).name); };
  return affine(state(1), state(2), state(3), state(4), std::get<double>(norm.attributes.at("eps")));
}

}  // namespace lithe
