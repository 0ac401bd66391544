#pragma once

#include <string>

namespace lithe {

/// What of this machine decides which kernel is the fastest: the processor's vendor, family, model and stepping, and
/// the sizes of its caches. "AuthenticAMD 25.17.1, caches 32K 1024K 32768K".
const std::string& device_fingerprint();

}  // namespace lithe
