#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/command.h"
#include "cli/machine.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/kernels.h"
#include "pipelines/graph/op.h"
#include "pipelines/kernel_cache/kernel_cache.h"
#include "pipelines/vision/module.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DoctorOptions {
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f("json", json, "as JSON");
  }
};

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// OpenCV describes itself as text: its version in the first title, its codecs in the section "Media I/O".
Json opencv() try {
  Json version, codecs = Json::object();
  bool media = false;
  std::istringstream text(vision().build_information());
  for (std::string line; std::getline(text, line);) {
    const size_t colon = line.find(':');
    if (line.find("General configuration for OpenCV") == 0) {
      version = trimmed(line.substr(32, line.find(" =") - 32));
    } else if (line.find("  Media I/O") == 0) {
      media = true;
    } else if (media && trimmed(line).empty()) {
      media = false;
    } else if (media && colon != std::string::npos) {
      codecs[trimmed(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }
  }
  return {{"loaded", true}, {"version", version}, {"codecs", codecs}};
} catch (const Error& e) {
  return {{"loaded", false}, {"reason", e.what()}};
}

// Every record and file that cannot be used, and why: such a call runs the generic kernel.
Json kernel_cache() {
  Json folders = Json::array(), unusable = Json::object();
  std::vector<CacheFolder> searched = kernel_folders();
  for (const CacheFolder& folder : searched) folders.push_back(folder.path());
  const KernelCacheState state = KernelCache(std::move(searched)).examine(kernel_target_of);
  for (const KernelMiss& miss : state.misses) unusable[miss.where] = miss.reason;
  return {{"folders", folders},   {"usable", state.usable.size()},   {"superseded", state.superseded},
          {"tried", state.tried}, {"unusable", state.misses.size()}, {"reasons", unusable}};
}

// What each driver offers and which of it Lithe would use, or why none.
Json devices() {
  Json all = Json::object();
  for (const Device device : {Device::kOpenCl, Device::kCuda}) {
    Json& one = all[name_of(device)];
    try {
      one["offers"] = offered_devices(device);
      require(device);
      one["takes"] = description_of(device);
    } catch (const Error& e) {
      one["reason"] = e.what();
    }
  }
  return all;
}

void print(const std::string& indent, const std::string& key, const Json& value) {
  if (value.is_object()) {
    std::cout << indent << key << "\n";
    for (const auto& [name, part] : value.items()) print(indent + "  ", name, part);
    return;
  }
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (value.is_array()) {
    text.clear();
    for (const Json& word : value) text += (text.empty() ? "" : "; ") + word.get<std::string>();
  }
  std::cout << indent << key << ": " << text << "\n";
}

void doctor(const DoctorOptions& o) {
  const Json answer = {
      {"version", LITHE_VERSION},
      {"cpu", {{"name", cpu_name()}, {"cores", std::thread::hardware_concurrency()}, {"features", cpu_features()}}},
      {"kernels", {{"instruction_set", instruction_set()}, {"count", kernel_names().size()}}},
      {"kernel_cache", kernel_cache()},
      {"devices", devices()},
      {"operators", op_names().size()},
      {"threads", threads()},
      {"opencv", opencv()}};
  if (o.json) {
    std::cout << answer.dump(2) << "\n";
    return;
  }
  for (const auto& [key, value] : answer.items()) print("", key, value);
}

}  // namespace

extern const Command kDoctor = command<DoctorOptions>(
    "doctor", "describe this machine and installation: processor, kernels, devices, OpenCV and its codecs", doctor,
    {{"lithe doctor", "to read"}, {"lithe doctor --json | jq .kernels", "which instruction set the kernels use"}});

}  // namespace lithe::cli
