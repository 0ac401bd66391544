#pragma once

#include <cstdint>

namespace lithe {

/// Whether adding the latent path to each pixel takes fewer products than making the weights of the image.
inline bool has_few_pixels(int64_t pixels, int64_t inputs, int64_t outputs, int64_t latent) {
  const int64_t per_pixel = latent * (inputs + latent + outputs) + outputs;
  return pixels * per_pixel < outputs * (latent * (latent + inputs) + inputs);
}

}  // namespace lithe
