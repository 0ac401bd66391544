#include "trainers/start_weights.h"

#include "pipelines/formats/safetensors.h"

namespace lithe {

void start_from(const std::string& file, const Graph& graph, Parameters* parameters, Progress& progress) {
  const std::map<std::string, Tensor> given = read_safetensors(file).tensors;
  Parameters fitting = *parameters;
  std::string anew;
  size_t taken = 0;
  for (auto& [name, tensor] : fitting) {
    const auto it = given.find(name);
    if (it != given.end() && it->second.shape() == tensor.shape()) {
      tensor = it->second, ++taken;
    } else {
      anew += (anew.empty() ? "" : ", ") + name;
    }
  }
  if (taken == 0) throw Error(file + ": none of its tensors fits " + graph.name + " by name and shape");
  *parameters = match_parameters(graph, fitting);
  if (!anew.empty()) progress.message(file + ": these start anew: " + anew);
}

}  // namespace lithe
