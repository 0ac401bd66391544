// Runs a network with seeded weights on a grey image and prints its strongest class.

#include <algorithm>
#include <cstdio>
#include <exception>

#include "pipelines/graph/session.h"
#include "pipelines/model/model.h"

int main() try {
  lithe::ModelRequest request;
  request.model = "micronet_m0";
  const lithe::Model model = lithe::load_model(request);
  const lithe::Session session(model.graph, model.parameters);
  const lithe::Tensor image = lithe::Tensor::filled({1, 3, 224, 224}, 0.5f);
  const lithe::Tensor logits = session.run({image}).front();
  const float* first = logits.data();
  const auto top = std::max_element(first, first + logits.size()) - first;
  std::printf("%s, strongest class %td\n", lithe::to_string(logits.shape()).c_str(), top);
} catch (const std::exception& error) {
  std::fprintf(stderr, "example: %s\n", error.what());
  return 1;
}
