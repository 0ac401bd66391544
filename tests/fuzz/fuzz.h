#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pipelines/core/error.h"

namespace lithe {

/// Runs a reader on the fuzzer's bytes: it may refuse them with an Error of kind kInput, and nothing else.
template <class Read>
int fuzz(const uint8_t* data, std::size_t size, Read&& read) {
  try {
    read(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kInput) std::abort();
  }
  return 0;
}

}  // namespace lithe
