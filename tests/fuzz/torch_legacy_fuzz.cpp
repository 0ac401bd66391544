#include "pipelines/core/float32.h"
#include "pipelines/formats/torch_checkpoint.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  return lithe::fuzz(data, size, [](std::string_view bytes) {
    const lithe::TorchCheckpoint checkpoint = lithe::parse_torch_checkpoint(bytes, "fuzz");
    for (const auto& [name, tensor] : checkpoint.tensors) lithe::to_float32(tensor);
  });
}
