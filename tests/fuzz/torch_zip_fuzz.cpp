#include "pipelines/core/float32.h"
#include "pipelines/formats/torch_checkpoint.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/zip_archive.h"

// The fuzzer's bytes are data.pkl of an archive with sound checksums, which mutation alone would never meet; bytes that
// begin like a zip archive are taken as one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  return lithe::fuzz(data, size, [](std::string_view bytes) {
    const std::string archive =
        bytes.substr(0, 2) == "PK"
            ? std::string(bytes)
            : lithe::zip_archive({{"a/data.pkl", std::string(bytes)}, {"a/data/0", std::string(64, '\1')}});
    const lithe::TorchCheckpoint checkpoint = lithe::parse_torch_checkpoint(archive, "fuzz");
    for (const auto& [name, tensor] : checkpoint.tensors) lithe::to_float32(tensor);
  });
}
