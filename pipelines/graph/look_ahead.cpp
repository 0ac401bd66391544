#include "pipelines/graph/look_ahead.h"

namespace lithe {

void look_ahead(std::vector<std::map<std::string, Tensor>>& packed) {
  Tensor next;
  for (size_t s = packed.size(); s-- > 0;) {
    if (packed[s].empty()) continue;
    const Tensor first = packed[s].begin()->second;
    if (!next.empty()) packed[s][kAhead] = next;
    next = Tensor::view(first.raw(), {1}, {1}, DType::kF32, std::make_shared<Tensor>(first));
  }
}

}  // namespace lithe
