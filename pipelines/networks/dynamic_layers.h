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

/// Dynamic residual of DRT (Li et al., CVPR 2021): sum over k of pi_k(x) Phi_k u, pi = softmax(W2 relu(W1 pool(x))) of
/// the block's input x, Phi_k 1 x 1 and named `conv_s1` ... `conv_s4` under `block`. u: N C H W -> N C H/s W/s.
ValueId dynamic_residual(GraphBuilder& g, const std::string& block, ValueId x, ValueId u, int64_t stride);

}  // namespace lithe
