#pragma once
// What an adapter does, as numbers that a backbone's weights can take in: x + A BN1(x) = (I + U D) x + c, or with a
// full adapter (I + F) x + c. Behind a convolution of weights w that is the convolution of weights (I + U D) w: the
// folded network is the backbone again, at its cost.

#include <vector>

#include "pipelines/graph/parameters.h"
#include "pipelines/networks/adapters.h"

namespace lithe {

struct FoldedAdapter {
  Tensor up, down;            // U: C x k and D: G k x C / G, with k = min(kx, ky); empty for a full one
  Tensor full;                // F: C x C / G, or empty
  std::vector<double> shift;  // c
};

/// The adapter at `place` with its trained parameters, low-rank or full as they are.
FoldedAdapter fold_adapter(const AdapterPlace& place, const Parameters& parameters);

/// diag(scale) (I + U D) w, or with F; whichever of these tensors is empty is left out. w: O I KH KW, of O channels in
/// groups.
Tensor folded_weight(const Tensor& w, const FoldedAdapter& adapter, const Tensor& scale, int64_t groups);

/// A BatchNorm as y = scale x + shift.
struct Affine {
  std::vector<double> scale, shift;
};
Affine affine_of(const Node& norm, const Graph& graph, const Parameters& parameters);

}  // namespace lithe
