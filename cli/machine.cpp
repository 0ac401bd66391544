#include "cli/machine.h"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <fstream>
#include <set>
#include <sstream>

namespace lithe::cli {
namespace {

// The value of the first line of /proc/cpuinfo whose key is one of `keys`.
std::string cpuinfo(const std::set<std::string>& keys) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || colon + 2 > line.size()) continue;
    if (keys.count(line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1))) return line.substr(colon + 2);
  }
  return "";
}

}  // namespace

std::string cpu_name() {
  const std::string name = cpuinfo({"model name", "Model"});
  if (!name.empty()) return name;
  utsname system{};
  return ::uname(&system) == 0 ? system.machine : "unknown";
}

std::vector<std::string> cpu_features() {
  static const std::set<std::string> known = {
      "sse4_1",   "avx",      "avx2",        "fma",         "f16c",     "avx512f", "avx512bw", "avx512dq",
      "avx512vl", "avx512cd", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd",   "asimddp",  "sve"};
  std::vector<std::string> found;
  std::istringstream flags(cpuinfo({"flags", "Features"}));
  for (std::string flag; flags >> flag;) {
    if (known.count(flag)) found.push_back(flag);
  }
  return found;
}

double peak_rss_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace lithe::cli
