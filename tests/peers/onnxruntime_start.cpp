// onnxruntime_start LIBRARY MODEL.onnx: loads a model, runs it on one image and says how much memory that took. It
// links nothing of Lithe but tensors, so that its start and its memory are onnxruntime's.

#include <sys/resource.h>

#include <cstdio>
#include <exception>

#include "tests/peers/onnxruntime.h"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: onnxruntime_start LIBRARY MODEL.onnx\n");
    return 2;
  }
  lithe::OnnxRuntime engine(argv[1], argv[2], 1);
  const lithe::Tensor image = lithe::Tensor::filled({1, 3, 224, 224}, 0.5f);
  engine.set_input(image);
  engine.run();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"peak_rss_mb\": %.1f}\n", static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "onnxruntime_start: %s\n", error.what());
  return 1;
}
