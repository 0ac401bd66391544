#include "pipelines/kernel_cache/device.h"

#include <unistd.h>

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#else
#include <fstream>
#endif

namespace lithe {
namespace {

#if defined(__x86_64__)
std::string processor() {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  __get_cpuid(0, &eax, &ebx, &ecx, &edx);
  char vendor[13] = {};
  std::memcpy(vendor, &ebx, 4), std::memcpy(vendor + 4, &edx, 4), std::memcpy(vendor + 8, &ecx, 4);
  __get_cpuid(1, &eax, &ebx, &ecx, &edx);
  // The extended fields count on from the base ones where those are full.
  const uint32_t base_family = eax >> 8 & 0xf, family = base_family + (base_family == 0xf ? eax >> 20 & 0xff : 0);
  const uint32_t model = (eax >> 4 & 0xf) + (base_family == 6 || base_family == 0xf ? (eax >> 16 & 0xf) << 4 : 0);
  return std::string(vendor) + " " + std::to_string(family) + "." + std::to_string(model) + "." +
         std::to_string(eax & 0xf);
}
#else
std::string processor() {
  std::string text;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {  // the first core's lines
    if (line.rfind("CPU ", 0) == 0) text += (text.empty() ? "" : ".") + line.substr(line.find(':') + 2);
  }
  return text;
}
#endif

std::string fingerprint() {
  std::string text = processor() + ", caches";
  for (const int level : {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE}) {
    text += " " + std::to_string(::sysconf(level) / 1024) + "K";
  }
  return text;
}

}  // namespace

const std::string& device_fingerprint() {
  static const std::string text = fingerprint();
  return text;
}

}  // namespace lithe
