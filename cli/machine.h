#pragma once
// The machine that the program runs on, as /proc and the kernel tell.

#include <cstdint>
#include <string>
#include <vector>

namespace lithe::cli {

/// "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", or the architecture where the system does not tell.
std::string cpu_name();
/// Those of the processor's vector features that kernels can use.
std::vector<std::string> cpu_features();
/// The most memory that this process has held, in MiB.
double peak_rss_mb();

}  // namespace lithe::cli
