#pragma once

#include <string>

#include "pipelines/core/error.h"

namespace lithe {

/// Why an input has no result. The codes are part of the record format (docs/results.schema.json) and never change.
enum class ImageFault {
  kNotFound,
  kPermissionDenied,
  kNotAFile,     // a folder, a pipe, a device
  kUnreadable,   // the system could not read it
  kEmpty,        // no bytes
  kNotAnImage,   // no known signature
  kUnsupported,  // an image of a kind that is not read
  kTooLarge,     // more pixels than allowed, told from the header
  kTruncated,    // cut off
  kCorrupt,      // damaged
  kTooSmall,     // smaller than a crop without resizing
  kNoScores,     // the network gave NaN or infinity
};

/// "not_found"
const char* code_of(ImageFault fault);

class ImageError : public Error {
 public:
  ImageError(ImageFault fault, const std::string& message) : Error(message), fault_(fault) {}
  ImageFault fault() const { return fault_; }

 private:
  ImageFault fault_;
};

}  // namespace lithe
