#include "pipelines/formats/run_record.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"

namespace lithe {
namespace {

using nlohmann::ordered_json;

void require_equal(const std::string& folder, const std::string& name, const ordered_json& there,
                   const ordered_json& now) {
  if (there == now) return;
  throw Error(ErrorKind::kUsage, run_file(folder) + ": these results were made with another configuration: " + name +
                                     " is " + there.dump() + " there and " + now.dump() +
                                     " now; use another output folder, or --fresh to start over");
}

}  // namespace

RunRecord read_run_record(const std::string& folder) {
  return parse_run_record(read_file(run_file(folder), int64_t{1} << 26), run_file(folder));
}

RunRecord parse_run_record(const std::string& text, const std::string& where) {
  RunRecord record;
  record.text = text;
  try {
    const ordered_json json = ordered_json::parse(text);
    if (json.at("schema_version") != 1) throw Error("schema_version must be 1, found " + json["schema_version"].dump());
    record.root = json.at("root");
    record.plan = json.at("plan");
    record.inputs = json.at("inputs");
    parse_shard(json.at("configuration").at("shard"), &record.shard, &record.shards);
  } catch (const std::exception& e) {
    throw Error(where + ": not the record of a run: " + e.what());
  }
  return record;
}

void require_same_run(const std::string& folder, const RunRecord& there, const RunRecord& now, SameRun kind) {
  const ordered_json a = ordered_json::parse(there.text), b = ordered_json::parse(now.text);
  if (kind == SameRun::kContinues) require_equal(folder, "root", a["root"], b["root"]);
  ordered_json before = a["configuration"].flatten(), after = b["configuration"].flatten();
  if (kind == SameRun::kIsAPart) before.erase("/shard"), after.erase("/shard");
  for (const auto& [key, value] : before.items()) {
    require_equal(folder, key.substr(1), value, after.contains(key) ? after[key] : ordered_json());
  }
  for (const auto& [key, value] : after.items()) {
    if (!before.contains(key)) require_equal(folder, key.substr(1), ordered_json(), value);
  }
}

std::string whole_run(const RunRecord& part, int64_t inputs) {
  ordered_json json = ordered_json::parse(part.text);
  json["inputs"] = inputs;
  json["configuration"]["shard"] = "";
  return json.dump(2) + "\n";
}

void parse_shard(const std::string& text, int* shard, int* shards) {
  *shard = *shards = 1;
  char surplus = 0;
  const bool read = std::sscanf(text.c_str(), "%d/%d%c", shard, shards, &surplus) == 2;
  if (!text.empty() && (!read || *shard < 1 || *shard > *shards)) {
    throw Error(ErrorKind::kUsage, "--shard: expected i/n with i from 1 to n, found \"" + text + "\"");
  }
}

}  // namespace lithe
