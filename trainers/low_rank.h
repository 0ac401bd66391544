#pragma once
// The linear algebra of CovNorm (Li and Vasconcelos, CVPR 2019): a full adapter A, from the statistics of what goes in
// and comes out of it, becomes
//   A x + a  ~  C (M W (x - mu_x)) + mu_y,   W = Lx^-1/2 Vx^T,  C = Vy Ly^1/2
// with the leading kx and ky principal axes V and variances L of input and output: whitening, a mini-adaptation layer
// and recolouring. The released code leaves out the variances (W = Vx^T, C = Vy), which M can absorb.

#include <Eigen/Core>
#include <cstdint>
#include <string>

#include "trainers/activation_statistics.h"

namespace lithe {

/// A Gaussian's axes: the eigenvectors of its covariance, as columns, the largest variance first. The sign of an axis
/// is that which makes its largest component positive.
struct PrincipalAxes {
  Eigen::VectorXd mean, variances;
  Eigen::MatrixXd axes;
};
PrincipalAxes principal_axes(const Moments& moments);

/// The rank rule of the released code: how many leading components have a cumulative share of the variance below tau;
/// at least 2 (as far as there are so many), all of them for tau = 1.
int64_t rank_below(const Eigen::VectorXd& variances, double tau);

enum class Scaling { kPaper, kCode };  // with the variances, or without

/// y = recolour (mini (whiten x + whiten_bias) + mini_bias) + recolour_bias.
struct LowRankAdapter {
  Eigen::MatrixXd whiten, mini, recolour;  // kx x C, ky x kx, C x ky
  Eigen::VectorXd whiten_bias, mini_bias, recolour_bias;
};

/// CovNorm's factors, with the M that comes nearest to the adapter A (C x C): M = C^+ A W^+. With all components the
/// result is A x + a exactly.
LowRankAdapter covnorm(const PrincipalAxes& in, const PrincipalAxes& out, int64_t kx, int64_t ky, Scaling scaling,
                       const Eigen::MatrixXd& a);

/// The nearest adapter of rank k in the Frobenius norm (Eckart and Young, 1936), whatever the activations; `bias`: a.
LowRankAdapter truncated_svd(const Eigen::MatrixXd& a, const Eigen::VectorXd& bias, int64_t k);

}  // namespace lithe
