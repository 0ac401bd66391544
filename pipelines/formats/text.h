#pragma once
// Text from files that nobody vouches for.

#include <string>
#include <string_view>

namespace lithe {

/// Whether the bytes are UTF-8 as RFC 3629 has it: shortest form, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);

/// Safe to show in a message: in quotes, control and non-ASCII bytes as \xNN, cut after 80 bytes.
std::string printable(std::string_view text);

}  // namespace lithe
