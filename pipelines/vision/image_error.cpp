#include "pipelines/vision/image_error.h"

namespace lithe {

const char* code_of(ImageFault fault) {
  constexpr const char* kCodes[] = {"not_found", "permission_denied", "not_a_file",  "unreadable",
                                    "empty",     "not_an_image",      "unsupported", "too_large",
                                    "truncated", "corrupt",           "too_small",   "no_scores"};
  return kCodes[static_cast<size_t>(fault)];
}

}  // namespace lithe
