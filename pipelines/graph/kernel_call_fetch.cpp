// What a call reads before its data, asked for ahead (DECISIONS.md, "Calls and code come ahead too").

#include <cstdint>

#include "pipelines/graph/kernel_call.h"

namespace lithe {

void KernelCall::fetch_arguments() const {
  for (size_t i = 0; i < buffer_count_; ++i) {
    __builtin_prefetch(&buffers_[i].header);
    __builtin_prefetch(&buffers_[i].dims);
  }
}

void KernelCall::fetch_code() const {
  constexpr int64_t kLine = 64, kBefore = 4096, kBehind = 512;  // the function that takes the arguments comes last
  for (size_t i = 0; i < buffer_count_; ++i) __builtin_prefetch(buffers_[i].dims.data());
  const auto code = reinterpret_cast<uintptr_t>(kernel_.call);
  for (uintptr_t line = code - kBefore; line < code + kBehind; line += kLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(line), 0, 2);
  }
}

}  // namespace lithe
