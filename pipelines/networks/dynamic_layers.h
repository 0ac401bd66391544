#pragma once
// The dynamic layers: their coefficients are computed from the image. They write under `name` as those in layers.h do.

#include <string>
#include <vector>

#include "pipelines/networks/layers.h"

namespace lithe {

/// Dynamic Shift-Max (Li et al., ICCV 2021): y[c] = max over branches k of a_k[c] x[c] + b_k[c] x[partner(c)], with
/// coefficients from two linear layers on the pooled image.
struct ShiftMax {
  int64_t groups;               // G: the partner of a channel lies in the next of G groups
  int64_t reduction;            // the first linear layer has C / reduction outputs, rounded to 4
  std::vector<double> offsets;  // a_1, b_1, a_2, b_2: what the predicted coefficients are added to; two per branch
};
ValueId shift_max(GraphBuilder& g, const std::string& name, ValueId x, const ShiftMax& s);

/// Dynamic convolution decomposition (Li et al., ICLR 2021), as released:
///   y = lambda(x) * (W0 x) + P (BN2(Phi(x) z) + z), z = BN1(Q x)
struct Dcd {
  int64_t pool;                               // the light branch sees pool x pool cells per channel
  int64_t latent;                             // L: Phi is L x L
  int64_t squeeze;                            // width of the light branch
  std::string w0 = "conv", q = "q", p = "p";  // names of the three static layers, which differ between the networks
  Start start = Start::kFramework;
};
ValueId dcd_conv(GraphBuilder& g, const std::string& name, ValueId x, const Conv& c, const Dcd& d);
/// The same around a linear layer with bias (which lambda scales too), for a classifier. x: N C -> N out.
ValueId dcd_linear(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, Start start);

/// What DRT (Li et al., CVPR 2021) adds to a convolution that gave v from u, by attention to the block's input x:
///   subspace routing   v + sum over k of pi_k(x) Phi_k u, pi = softmax(W2 relu(W1 pool(x))), Phi_k 1 x 1; published
///   channel attention  s(x) * (that), s = hsig2(V2 relu(V1 pool(x))) per channel, 1 at first; ours, since the paper
///                      names this form without its formula
struct Drt {
  int64_t kernels = 0;  // K; 0: none
  bool channel_attention = false;
  int64_t reduction = 16;        // W1 and V1 have C / reduction outputs, at least 4
  Start start = Start::kNormal;  // of W1, W2, V1, V2
};
/// Names under `block`: fc.0, fc.2, conv_s1 ... conv_sK; scale.0, scale.2. Without both forms it returns v.
/// x: N C H W, u: N P H W, v: N P H/s W/s -> N P H/s W/s.
ValueId drt_transfer(GraphBuilder& g, const std::string& block, ValueId x, ValueId u, ValueId v, int64_t stride,
                     const Drt& drt);

}  // namespace lithe
