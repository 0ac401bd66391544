// difference A.safetensors B.safetensors: prints the largest difference of the tensors "output" of both files, relative
// as in `relative_difference`.

#include <cstdio>
#include <exception>

#include "pipelines/formats/safetensors.h"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: difference A.safetensors B.safetensors\n");
    return 2;
  }
  const auto output = [&](int i) { return lithe::read_safetensors(argv[i]).tensors.at("output"); };
  std::printf("%.2g\n", lithe::relative_difference(output(1), output(2)));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "difference: %s\n", error.what());
  return 1;
}
