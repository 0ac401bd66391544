#pragma once

#include <string>

namespace lithe {

/// What of this machine decides which kernel is the fastest on its processor: vendor, family, model and stepping, and
/// the sizes of the caches. "AuthenticAMD 25.17.1, caches 32K 1024K 32768K".
const std::string& device_fingerprint();

}  // namespace lithe
