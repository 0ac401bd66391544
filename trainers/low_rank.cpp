#include "trainers/low_rank.h"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

namespace lithe {
namespace {

// Eigenvectors come with either sign; without a rule the last bits of a covariance would decide.
double sign_of(const Eigen::VectorXd& axis) {
  Eigen::Index largest = 0;
  axis.cwiseAbs().maxCoeff(&largest);
  return axis(largest) < 0 ? -1 : 1;
}

// Square roots of the leading variances. Directions in which nothing varies do not blow up whitening.
Eigen::VectorXd deviations(const PrincipalAxes& p, int64_t k, Scaling scaling) {
  if (scaling == Scaling::kCode) return Eigen::VectorXd::Ones(k);
  constexpr double kFlat = 1e-9;
  const double least = std::max(kFlat * p.variances(0), 1e-30);
  return p.variances.head(k).cwiseMax(least).cwiseSqrt();
}

}  // namespace

PrincipalAxes principal_axes(const Moments& moments) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments.covariance);
  PrincipalAxes p{moments.mean, solver.eigenvalues().reverse().cwiseMax(0.0),
                  solver.eigenvectors().rowwise().reverse()};
  for (Eigen::Index i = 0; i < p.axes.cols(); ++i) p.axes.col(i) *= sign_of(p.axes.col(i));
  return p;
}

int64_t rank_below(const Eigen::VectorXd& variances, double tau) {
  if (tau >= 1) return variances.size();
  const double all = variances.sum();
  double sum = 0;
  int64_t rank = 0;
  for (const double variance : variances) {
    sum += variance;
    if (!(sum < tau * all)) break;
    ++rank;
  }
  return std::min<int64_t>(std::max<int64_t>(rank, 2), variances.size());
}

LowRankAdapter covnorm(const PrincipalAxes& in, const PrincipalAxes& out, int64_t kx, int64_t ky, Scaling scaling,
                       const Eigen::MatrixXd& a) {
  const Eigen::MatrixXd vx = in.axes.leftCols(kx), vy = out.axes.leftCols(ky);
  const Eigen::VectorXd dx = deviations(in, kx, scaling), dy = deviations(out, ky, scaling);
  LowRankAdapter f;
  f.whiten = dx.cwiseInverse().asDiagonal() * vx.transpose();
  f.recolour = vy * dy.asDiagonal();
  f.mini = dy.cwiseInverse().asDiagonal() * (vy.transpose() * a * vx) * dx.asDiagonal();
  f.whiten_bias = -f.whiten * in.mean;
  f.mini_bias = Eigen::VectorXd::Zero(ky);
  f.recolour_bias = out.mean;
  return f;
}

LowRankAdapter truncated_svd(const Eigen::MatrixXd& a, const Eigen::VectorXd& bias, int64_t k) {
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  LowRankAdapter f;
  f.whiten = svd.matrixV().leftCols(k).transpose();
  f.recolour = svd.matrixU().leftCols(k);
  f.mini = svd.singularValues().head(k).asDiagonal();
  for (int64_t i = 0; i < k; ++i) {
    const double sign = sign_of(f.recolour.col(i));
    f.whiten.row(i) *= sign, f.recolour.col(i) *= sign;
  }
  f.whiten_bias = f.mini_bias = Eigen::VectorXd::Zero(k);
  f.recolour_bias = bias;
  return f;
}

}  // namespace lithe
