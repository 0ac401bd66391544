#include "cli/device_option.h"

#include <iostream>

namespace lithe::cli {

Device device_of(const std::string& option) {
  const DeviceChoice choice = choose_device(option);
  if (!choice.reason.empty()) std::cerr << choice.reason << "\n";
  return choice.device;
}

}  // namespace lithe::cli
