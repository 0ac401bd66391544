// seeded_model NETWORK FILE.safetensors: writes a network with the weights that it gets without a weights file, as a
// model file, so that a benchmark of loading need not make them.

#include <cstdio>
#include <exception>

#include "pipelines/model/model.h"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: seeded_model NETWORK FILE.safetensors\n");
    return 2;
  }
  lithe::ModelRequest request;
  request.model = argv[1];
  lithe::save_model(lithe::load_model(request), argv[2]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "seeded_model: %s\n", error.what());
  return 1;
}
