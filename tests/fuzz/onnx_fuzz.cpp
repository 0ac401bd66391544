#include <cstdlib>

#include "pipelines/formats/graph_json.h"
#include "pipelines/formats/onnx_import.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  return lithe::fuzz(data, size, [](std::string_view bytes) {
    const lithe::OnnxModel model = lithe::parse_onnx(bytes, "fuzz");
    // What was accepted has a cost, and survives the way through a Lithe file.
    lithe::total_madds(model.graph);
    const std::string json = lithe::graph_to_json(model.graph);
    if (lithe::graph_to_json(lithe::graph_from_json(json, "fuzz")) != json) std::abort();
  });
}
