#include "pipelines/core/float32.h"
#include "pipelines/formats/safetensors.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  return lithe::fuzz(data, size, [](std::string_view bytes) {
    const lithe::SafetensorsFile file = lithe::parse_safetensors(bytes, nullptr, "fuzz");
    for (const auto& [name, tensor] : file.tensors) lithe::to_float32(tensor);
  });
}
