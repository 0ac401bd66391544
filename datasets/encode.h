#pragma once

#include <string>

#include "datasets/dataset.h"

namespace lithe {

/// The bytes of a PNG file.
std::string png_of(const Image& image);

/// The image as a data: URI for a page: PNG if neither side is longer than 64 pixels, else JPEG, made smaller until no
/// side is longer than `longest`.
std::string data_uri(const Image& image, int longest);

}  // namespace lithe
