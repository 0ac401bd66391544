#pragma once

#include <string>
#include <string_view>

namespace lithe {

/// Text from a file, safe to show in a message: in quotes, control and non-ASCII bytes as \xNN, cut after 80 bytes.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t kLimit = 80;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text.substr(0, kLimit)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      result += c;
    } else {
      result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return result + (text.size() > kLimit ? "...\"" : "\"");
}

}  // namespace lithe
