#pragma once

#include <string>
#include <string_view>

#include "pipelines/core/tensor.h"

namespace lithe {

/// The shape of an ONNX model's one image input, N C H W, as the file declares it; 0 where it is left open. The nodes
/// are not looked at, so operators that Lithe lacks do not matter. Throws Error if there is no such input.
Shape onnx_image_shape(std::string_view bytes, const std::string& where);

}  // namespace lithe
