#include "pipelines/kernel_cache/record.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "kernel_cache/generator_hashes.h"
#include "pipelines/core/error.h"

namespace lithe {
namespace {

using nlohmann::ordered_json;

constexpr char kKept[] = "{\"kernel\":\"";

std::string other(const char* what, const std::string& there, const std::string& here) {
  return std::string("compiled for another ") + what + ": " + there + ", here it is " + here;
}

}  // namespace

std::string KernelIdentity::mismatch(const KernelIdentity& theirs) const {
  if (theirs.instruction_set != instruction_set) {
    return other("instruction set", theirs.instruction_set, instruction_set);
  }
  if (theirs.device != device && theirs.device != kAnyDevice) return other("device", theirs.device, device);
  if (theirs.halide != halide) return other("version of Halide", theirs.halide, halide);
  if (theirs.abi != abi) return other("kernel ABI", std::to_string(theirs.abi), std::to_string(abi));
  if (generator.empty()) return "this build has no generator of that name";
  if (theirs.generator != generator) return other("state of the generator's sources", theirs.generator, generator);
  return "";
}

KernelIdentity kernel_identity(const std::string& kernel, const KernelTarget& target) {
  KernelIdentity identity{target.instruction_set, target.device, kHalideVersion, kKernelAbi, ""};
  const std::string generator = kernel.substr(kernel.find(':') + 1);  // one for all devices
  for (const GeneratorHash& entry : kGeneratorHashes) {
    if (generator == entry.kernel) identity.generator = entry.hash;
  }
  return identity;
}

std::string kernel_of(const std::string& spec) { return spec.substr(0, spec.find(' ')); }

std::string to_string(const KernelTile& tile) {
  std::string text;
  for (const auto& [name, value] : tile) text += (text.empty() ? "" : " ") + name + "=" + std::to_string(value);
  return text.empty() ? "usual" : text;
}

std::string to_line(const KernelRecord& r) {
  ordered_json json = {{r.kept() ? "kernel" : "tried", r.spec},
                       {"tile", r.tile},
                       {"plan", r.plan},
                       {"instruction_set", r.identity.instruction_set},
                       {"device", r.identity.device},
                       {"halide", r.identity.halide},
                       {"abi", r.identity.abi},
                       {"generator", r.identity.generator},
                       {"time_us", r.time_us},
                       {"generic_time_us", r.generic_time_us},
                       {"error", std::min(r.error, std::numeric_limits<double>::max())}};  // JSON has no infinity
  if (r.kept()) json["file"] = r.file, json["sha256"] = r.sha256;
  if (!r.refused.empty()) json["refused"] = r.refused;
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

KernelRecord parse_kernel_record(std::string_view line) try {
  const ordered_json json = ordered_json::parse(line);
  KernelRecord r;
  const bool kept = json.contains("kernel");
  r.spec = json.at(kept ? "kernel" : "tried");
  r.tile = json.at("tile").get<KernelTile>();
  r.plan = json.at("plan");
  r.identity = {json.at("instruction_set"), json.at("device"), json.at("halide"), json.at("abi"), json.at("generator")};
  r.time_us = json.at("time_us"), r.generic_time_us = json.at("generic_time_us"), r.error = json.at("error");
  if (kept) r.file = json.at("file"), r.sha256 = json.at("sha256");
  r.refused = json.value("refused", "");
  return r;
} catch (const nlohmann::json::exception& e) {
  throw Error(std::string("not a record: ") + e.what());
}

std::string_view spec_of_kept(std::string_view line) {
  const size_t begin = std::strlen(kKept);
  if (line.compare(0, begin, kKept) != 0) return {};
  return line.substr(begin, line.find('"', begin) - begin);  // a spec has nothing that JSON would escape
}

}  // namespace lithe
