#include "trainers/activation_statistics.h"

#include <algorithm>
#include <numeric>

#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

// `count` of the numbers below `all`, none twice, in the order in which they were drawn (Fisher and Yates, 1938).
std::vector<int64_t> drawn(const RandomStream& random, uint64_t first, int64_t count, int64_t all) {
  std::vector<int64_t> numbers(static_cast<size_t>(all));
  std::iota(numbers.begin(), numbers.end(), 0);
  for (int64_t i = 0; i < count; ++i) {
    const auto rest = static_cast<uint64_t>(all - i);
    const auto other = i + static_cast<int64_t>(random.bits(first + static_cast<uint64_t>(i)) % rest);
    std::swap(numbers[static_cast<size_t>(i)], numbers[static_cast<size_t>(other)]);
  }
  numbers.resize(static_cast<size_t>(count));
  return numbers;
}

// C x (images * pixels): the drawn pixels of all images of `x`.
Eigen::MatrixXd samples_of(const Tensor& x, int64_t pixels, const RandomStream& random, int64_t first) {
  const int64_t width = x.dim(3), all = x.dim(2) * width;
  Eigen::MatrixXd samples(x.dim(1), x.dim(0) * pixels);
  for (int64_t n = 0; n < x.dim(0); ++n) {
    const auto number = static_cast<uint64_t>((first + n) * pixels);
    const std::vector<int64_t> chosen = drawn(random, number, pixels, all);
    for (int64_t i = 0; i < pixels; ++i) {
      const int64_t at = chosen[static_cast<size_t>(i)];
      for (int64_t c = 0; c < x.dim(1); ++c) samples(c, n * pixels + i) = x.at(n, c, at / width, at % width);
    }
  }
  return samples;
}

Tensor tensor_of(const Eigen::MatrixXd& matrix, const Shape& shape) {
  Tensor tensor(shape, DType::kF64);
  std::copy_n(matrix.data(), matrix.size(), tensor.data<double>());  // symmetric, or a vector
  return tensor;
}

}  // namespace

void Moments::add(const Moments& others) {
  if (others.count == 0) return;
  if (count == 0) {
    *this = others;
    return;
  }
  const auto before = static_cast<double>(count), more = static_cast<double>(others.count), all = before + more;
  const Eigen::VectorXd shift = others.mean - mean;
  covariance = (before / all) * covariance + (more / all) * others.covariance +
               (before * more / (all * all)) * shift * shift.transpose();
  mean += (more / all) * shift;
  count += others.count;
}

void Moments::add(const Eigen::MatrixXd& samples) {
  if (samples.cols() == 0) return;
  const Eigen::VectorXd middle = samples.rowwise().mean();
  const Eigen::MatrixXd centred = samples.colwise() - middle;
  add({samples.cols(), middle, centred * centred.transpose() / static_cast<double>(samples.cols())});
}

ActivationStatistics::ActivationStatistics(std::vector<WatchedValue> values, int64_t images, int64_t samples,
                                           uint64_t seed)
    : values_(std::move(values)), images_(images), samples_(samples), seed_(seed) {
  for (const WatchedValue& value : values_) moments_[value.name].resize(static_cast<size_t>(value.groups));
}

void ActivationStatistics::add(const Pass& pass, int64_t first) {
  std::vector<std::vector<Moments>*> into;
  for (const WatchedValue& value : values_) into.push_back(&moments_.at(value.name));
  parallel_for(static_cast<int64_t>(values_.size()), [&](int64_t v) {
    const WatchedValue& value = values_[static_cast<size_t>(v)];
    const Tensor& x = pass.value(value.value);
    const int64_t pixels = std::min(x.dim(2) * x.dim(3), std::max<int64_t>(1, samples_ * 512 / x.dim(1) / images_));
    const Eigen::MatrixXd samples = samples_of(x, pixels, RandomStream(seed_, value.name), first);
    const int64_t block = x.dim(1) / value.groups;
    for (int64_t g = 0; g < value.groups; ++g) {
      (*into[static_cast<size_t>(v)])[static_cast<size_t>(g)].add(samples.middleRows(g * block, block));
    }
  });
}

std::map<std::string, Tensor> to_tensors(const ActivationMoments& moments) {
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, groups] : moments) {
    for (size_t g = 0; g < groups.size(); ++g) {
      const std::string prefix = name + "/" + std::to_string(g) + "/";
      const int64_t length = groups[g].mean.size();
      tensors[prefix + "count"] = Tensor({}, DType::kI64);
      *tensors[prefix + "count"].data<int64_t>() = groups[g].count;
      tensors[prefix + "mean"] = tensor_of(groups[g].mean, {length});
      tensors[prefix + "covariance"] = tensor_of(groups[g].covariance, {length, length});
    }
  }
  return tensors;
}

ActivationMoments moments_from(const std::map<std::string, Tensor>& tensors) {
  const auto tensor = [&](const std::string& name) {
    const auto it = tensors.find(name);
    if (it == tensors.end()) throw Error("activation statistics: " + name + " is missing");
    return it->second;
  };
  ActivationMoments moments;
  for (const auto& entry : tensors) {
    const std::string& key = entry.first;
    const size_t end = key.rfind("/count");
    if (end == std::string::npos) continue;
    const std::string prefix = key.substr(0, end + 1), name = key.substr(0, key.rfind('/', end - 1));
    const auto group = static_cast<size_t>(std::stoll(key.substr(name.size() + 1, end - name.size() - 1)));
    std::vector<Moments>& groups = moments[name];
    groups.resize(std::max(groups.size(), group + 1));
    Moments& m = groups[group];
    m.count = *entry.second.data<int64_t>();
    const Tensor mean = tensor(prefix + "mean"), covariance = tensor(prefix + "covariance");
    m.mean = Eigen::Map<const Eigen::VectorXd>(mean.data<double>(), mean.size());
    m.covariance = Eigen::Map<const Eigen::MatrixXd>(covariance.data<double>(), mean.size(), mean.size());
  }
  return moments;
}

}  // namespace lithe
