#include "pipelines/vision/decode.h"
#include "tests/fuzz/fuzz.h"

// Our own parts: signatures, headers, EXIF, limits, and how the codecs are driven.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  return lithe::fuzz(data, size, [](std::string_view bytes) {
    lithe::DecodeLimits limits;
    limits.max_pixels = 1 << 16;
    lithe::decode_image(std::string(bytes), limits);
  });
}
