#include "pipelines/core/error.h"

namespace lithe {

void check_failed(const char* file, int line, const char* condition) {
  throw Error(ErrorKind::kInternal,
              std::string(file) + ":" + std::to_string(line) + ": broken invariant: " + condition);
}

}  // namespace lithe
