#include "trainers/low_rank.h"

#include <gtest/gtest.h>

#include <Eigen/QR>

#include <cmath>

#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd random_matrix(int64_t rows, int64_t columns, const char* name) {
  const RandomStream random(3, name);
  MatrixXd m(rows, columns);
  for (int64_t i = 0; i < m.size(); ++i) m.data()[i] = random.normal(static_cast<uint64_t>(i));
  return m;
}

// Mean and covariance straight from their definition.
Moments direct(const MatrixXd& samples) {
  Moments m;
  m.count = samples.cols();
  m.mean = VectorXd::Zero(samples.rows());
  for (int64_t n = 0; n < samples.cols(); ++n) m.mean += samples.col(n) / static_cast<double>(m.count);
  m.covariance = MatrixXd::Zero(samples.rows(), samples.rows());
  for (int64_t n = 0; n < samples.cols(); ++n) {
    const VectorXd d = samples.col(n) - m.mean;
    m.covariance += d * d.transpose() / static_cast<double>(m.count);
  }
  return m;
}

TEST(Moments, OfBatchesAreThoseOfTheWhole) {
  MatrixXd samples = random_matrix(5, 203, "samples");
  samples.row(2).array() += 1e6;  // where sums of squares would lose all digits
  Moments m;
  for (int64_t first = 0, size = 1; first < samples.cols(); first += size, size = size * 3 % 50 + 1) {
    size = std::min(size, samples.cols() - first);
    m.add(samples.middleCols(first, size));
  }
  const Moments expected = direct(samples);
  EXPECT_EQ(m.count, 203);
  EXPECT_LT((m.mean - expected.mean).cwiseAbs().maxCoeff(), 1e-8);
  EXPECT_LT((m.covariance - expected.covariance).cwiseAbs().maxCoeff(), 1e-8);
}

// A covariance of known spectrum: Q diag(9, 4, 1, 0) Q^T with rotations in two planes.
TEST(PrincipalAxes, RecoverAKnownSpectrum) {
  MatrixXd q = MatrixXd::Identity(4, 4);
  const double c = std::cos(0.4), s = std::sin(0.4);
  q(0, 0) = c, q(0, 3) = -s, q(3, 0) = s, q(3, 3) = c;
  Moments m;
  m.count = 100, m.mean = VectorXd::Constant(4, 2);
  m.covariance = q * (VectorXd(4) << 1, 9, 0, 4).finished().asDiagonal() * q.transpose();
  const PrincipalAxes p = principal_axes(m);
  EXPECT_LT((p.variances - (VectorXd(4) << 9, 4, 1, 0).finished()).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_NEAR(p.axes(1, 0), 1, 1e-12);
  EXPECT_NEAR(p.axes(0, 1), -s, 1e-12);
  EXPECT_NEAR(p.axes(3, 1), c, 1e-12);
  EXPECT_NEAR(p.axes(0, 2), c, 1e-12);
}

TEST(RankRule, CountsWhatStaysBelowTheShare) {
  VectorXd variances(6);
  variances << 50, 30, 10, 5, 4, 1;  // cumulative 50 80 90 95 99 100
  EXPECT_EQ(rank_below(variances, 0.995), 5);
  EXPECT_EQ(rank_below(variances, 0.96), 4);
  EXPECT_EQ(rank_below(variances, 0.9), 2) << "a share that is reached does not count";
  EXPECT_EQ(rank_below(variances, 0.1), 2) << "at least two";
  EXPECT_EQ(rank_below(variances, 1), 6);
  EXPECT_EQ(rank_below(variances.head(1), 0.5), 1);
}

struct Case {
  MatrixXd a = random_matrix(6, 6, "a");
  VectorXd bias = random_matrix(6, 1, "bias");
  MatrixXd x = random_matrix(6, 6, "mix") * random_matrix(6, 400, "x");
  MatrixXd y = (a * x).colwise() + bias;
  PrincipalAxes in = principal_axes(direct(x)), out = principal_axes(direct(y));

  static MatrixXd run(const LowRankAdapter& f, const MatrixXd& x) {
    const MatrixXd u = (f.whiten * x).colwise() + f.whiten_bias;
    const MatrixXd v = (f.mini * u).colwise() + f.mini_bias;
    return (f.recolour * v).colwise() + f.recolour_bias;
  }
};

TEST(CovNorm, OfFullRankIsTheAdapter) {
  const Case c;
  for (const Scaling scaling : {Scaling::kPaper, Scaling::kCode}) {
    const LowRankAdapter f = covnorm(c.in, c.out, 6, 6, scaling, c.a);
    EXPECT_LT((Case::run(f, c.x) - c.y).cwiseAbs().maxCoeff(), 1e-9);
  }
}

TEST(CovNorm, WhitensAndRecolours) {
  const Case c;
  const LowRankAdapter paper = covnorm(c.in, c.out, 3, 4, Scaling::kPaper, c.a);
  const Moments white = direct((paper.whiten * c.x).colwise() + paper.whiten_bias);
  EXPECT_LT(white.mean.cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_LT((white.covariance - MatrixXd::Identity(3, 3)).cwiseAbs().maxCoeff(), 1e-10);
  const MatrixXd recoloured = paper.recolour * paper.recolour.transpose();  // what white noise would get
  EXPECT_LT(
      (recoloured - c.out.axes.leftCols(4) * c.out.variances.head(4).asDiagonal() * c.out.axes.leftCols(4).transpose())
          .cwiseAbs()
          .maxCoeff(),
      1e-10);
  const LowRankAdapter code = covnorm(c.in, c.out, 3, 4, Scaling::kCode, c.a);
  EXPECT_LT((code.whiten - c.in.axes.leftCols(3).transpose()).cwiseAbs().maxCoeff(), 1e-15);
  EXPECT_LT((Case::run(code, c.x) - Case::run(paper, c.x)).cwiseAbs().maxCoeff(), 1e-9) << "one function, two scales";
}

// Activations that vary in few directions need few of the adapter's: the reason for PCAs instead of its SVD.
TEST(CovNorm, BeatsTruncatedSvdOnDegenerateActivations) {
  Case c;
  c.x = random_matrix(6, 2, "plane") * random_matrix(2, 400, "flat");
  c.y = (c.a * c.x).colwise() + c.bias;
  c.in = principal_axes(direct(c.x)), c.out = principal_axes(direct(c.y));
  const auto error = [&](const LowRankAdapter& f) { return (Case::run(f, c.x) - c.y).norm() / c.y.norm(); };
  EXPECT_LT(error(covnorm(c.in, c.out, 2, 2, Scaling::kPaper, c.a)), 1e-6);
  EXPECT_GT(error(truncated_svd(c.a, c.bias, 2)), 1e-2);
}

TEST(TruncatedSvd, KeepsTheLargestSingularValues) {
  const MatrixXd u = Eigen::HouseholderQR<MatrixXd>(random_matrix(5, 5, "u")).householderQ();
  const MatrixXd v = Eigen::HouseholderQR<MatrixXd>(random_matrix(5, 5, "v")).householderQ();
  const VectorXd singular = (VectorXd(5) << 8, 5, 3, 2, 1).finished();
  const MatrixXd a = u * singular.asDiagonal() * v.transpose();
  const LowRankAdapter f = truncated_svd(a, VectorXd::Zero(5), 3);
  EXPECT_NEAR((f.recolour * f.mini * f.whiten - a).norm(), std::sqrt(4 + 1), 1e-12);
  EXPECT_LT((Case::run(truncated_svd(a, VectorXd::Ones(5), 5), v) - a * v).cwiseAbs().maxCoeff(), 1 + 1e-12);
}

// A graph whose activations are its inputs.
Graph identity(const Shape& shape) {
  GraphBuilder g("identity");
  g.output(g.op("relu", "y", {g.input("x", shape)}));
  return g.finish();
}

TEST(ActivationStatistics, OfAllPixelsAreTheDirectOnesForAnyThreads) {
  const Graph graph = identity({1, 4, 3, 5});
  const ValueId y = graph.find("y");
  const RandomStream random(1, "pixels");
  std::vector<Tensor> batches;
  MatrixXd all(4, 7 * 15);
  for (const int64_t size : {3, 4}) {
    Tensor x({size, 4, 3, 5});
    for (int64_t n = 0; n < size; ++n) {
      const int64_t image = (batches.empty() ? 0 : 3) + n;
      for (int64_t c = 0; c < 4; ++c) {
        for (int64_t p = 0; p < 15; ++p) {
          x.at(n, c, p / 5, p % 5) =
              static_cast<float>(random.uniform(static_cast<uint64_t>((image * 4 + c) * 15 + p)));
          all(c, image * 15 + p) = x.at(n, c, p / 5, p % 5);
        }
      }
    }
    batches.push_back(x);
  }
  const auto collected = [&](int64_t samples, int threads, int64_t images = 7) {
    set_threads(threads);
    ActivationStatistics statistics({{"whole", y, 1}, {"halves", y, 2}}, images, samples, 5);
    int64_t first = 0;
    for (const Tensor& x : batches) {
      statistics.add(forward(graph, {}, {x}), first);
      first += x.dim(0);
    }
    set_threads(0);
    return statistics.moments();
  };
  const auto moments = collected(1000, 1);
  const Moments expected = direct(all);
  EXPECT_EQ(moments.at("whole")[0].count, 7 * 15);
  EXPECT_LT((moments.at("whole")[0].mean - expected.mean).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((moments.at("whole")[0].covariance - expected.covariance).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((moments.at("halves")[1].covariance - expected.covariance.bottomRightCorner(2, 2)).cwiseAbs().maxCoeff(),
            1e-12);
  const auto some = collected(1, 1, 64), again = collected(1, 2, 64);
  EXPECT_EQ(some.at("whole")[0].count, 7 * (512 / 4 / 64)) << "of 4 channels 128 times as many as of 512";
  EXPECT_EQ(some.at("whole")[0].covariance, again.at("whole")[0].covariance);
  const auto read = moments_from(to_tensors(some));
  EXPECT_EQ(read.at("halves")[1].covariance, some.at("halves")[1].covariance);
  EXPECT_EQ(read.at("whole")[0].mean, some.at("whole")[0].mean);
  EXPECT_EQ(read.at("whole")[0].count, some.at("whole")[0].count);
}

}  // namespace
}  // namespace lithe
