#pragma once
// What a graph costs, layer by layer. MAdds are counted by three rules: (a) convolutions and linear layers; (b) and the
// products of dynamic coefficients; (c) and the additions of pooling inside Dynamic Shift-Max.

#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

struct LayerCost {
  std::string name, op;
  Shape output;
  int64_t parameters = 0;        // elements that no earlier layer uses; statistics do not count
  Madds madds;                   // for one image
  int64_t activation_bytes = 0;  // of the outputs, for one image; nothing for a view
};

struct Cost {
  Shape input;
  std::vector<LayerCost> layers;
  int64_t parameters = 0, activation_bytes = 0;
  Madds madds;
};

/// For square images of `input_size` pixels, or the graph's own size if it is 0. Throws Error if the graph cannot take
/// them.
Cost cost_of(const Graph& graph, int64_t input_size);

/// 1019590 as "1,019,590".
std::string grouped(int64_t number);

}  // namespace lithe
