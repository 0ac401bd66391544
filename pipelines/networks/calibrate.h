#pragma once
// Weights for networks that have none: for tests, benchmarks and trials. Purely random ones overflow the dynamic
// networks, whose layers multiply several functions of the image, or leave their coefficients asleep.

#include "pipelines/graph/parameters.h"

namespace lithe {

/// `count` smooth random fields on the scale of normalised photographs (each of mean 0 and deviation 1): N C H W.
Tensor noise_images(int64_t count, int64_t channels, int64_t height, int64_t width, uint64_t seed);

/// initial_parameters, then adapted node by node on noise images of the graph's size: batch norm takes mean and
/// variance of its input, linear layers are scaled to moderate outputs, residual branches damped. Outputs are finite,
/// depend on every coefficient and agree between float32 and float64 to about 1e-5. The same bits for the same seed and
/// instruction set. `graph`: of one image input.
Parameters seeded_parameters(const Graph& graph, uint64_t seed);

}  // namespace lithe
