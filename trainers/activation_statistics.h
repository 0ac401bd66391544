#pragma once
// Mean and covariance of a network's activations over a data set, in memory that only the numbers of channels decide.

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/pass.h"

namespace lithe {

/// Of vectors of one length, which come in batches.
struct Moments {
  int64_t count = 0;
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;  // divided by `count`

  /// Merges others in (Chan, Golub and LeVeque, 1979): no difference of large sums is taken.
  void add(const Moments& others);
  /// The same for samples, as columns.
  void add(const Eigen::MatrixXd& samples);
};

/// By the name of an activation, one per group.
using ActivationMoments = std::map<std::string, std::vector<Moments>>;

/// An activation that is watched: N C H W. A pixel is a sample of C numbers, or, with groups, one of C / groups
/// numbers for each group.
struct WatchedValue {
  std::string name;
  ValueId value = kNoValue;
  int64_t groups = 1;
};

class ActivationStatistics {
 public:
  /// Takes about `samples` pixels of a value of 512 channels, and of fewer channels more, 512 / C times as many, as the
  /// released code does; equally many from each of `images` images, at most all. Which ones, the seed says, others for
  /// every value.
  ActivationStatistics(std::vector<WatchedValue> values, int64_t images, int64_t samples, uint64_t seed);

  /// The images of one pass, numbered from `first` on. The same bits for any number of threads.
  void add(const Pass& pass, int64_t first);

  /// Per value and group.
  const ActivationMoments& moments() const { return moments_; }

 private:
  std::vector<WatchedValue> values_;
  int64_t images_, samples_;
  uint64_t seed_;
  ActivationMoments moments_;
};

/// To and from tensors of a file: "NAME/GROUP/mean" and the like. Throws Error naming the one that is missing.
std::map<std::string, Tensor> to_tensors(const ActivationMoments& moments);
ActivationMoments moments_from(const std::map<std::string, Tensor>& tensors);

}  // namespace lithe
