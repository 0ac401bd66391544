#include "pipelines/formats/image_record.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "pipelines/core/error.h"
#include "pipelines/formats/json_schema.h"
#include "pipelines/formats/text.h"
#include "schema/results_schema.h"

namespace lithe {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

double rounded(double value, double unit) { return std::round(value * unit) / unit; }

const json& schema() {
  static const json parsed = json::parse(kResultsSchema);
  return parsed;
}

}  // namespace

std::string as_utf8(const std::string& name) {
  if (is_utf8(name)) return name;
  std::string escaped;
  for (const char c : name) {
    char hex[5];
    std::snprintf(hex, sizeof hex, "\\x%02X", static_cast<unsigned char>(c));
    if (static_cast<unsigned char>(c) >= 0x80) {
      escaped += hex;
    } else {
      escaped += c == '\\' ? "\\\\" : std::string(1, c);
    }
  }
  return escaped;
}

std::string to_line(const ImageRecord& record) {
  ordered_json line{{"schema_version", 1}, {"path", as_utf8(record.path)}};
  if (!record.error_code.empty()) {
    line["error"] = ordered_json{{"code", record.error_code}, {"message", as_utf8(record.error_message)}};
    return line.dump() + "\n";
  }
  line["width"] = record.width;
  line["height"] = record.height;
  line["oriented_width"] = record.oriented_width;
  line["oriented_height"] = record.oriented_height;
  line["top"] = ordered_json::array();
  for (const TopClass& top : record.top) {
    const ordered_json label = top.label.empty() ? ordered_json(nullptr) : ordered_json(as_utf8(top.label));
    line["top"].push_back({{"index", top.index}, {"label", label}, {"probability", rounded(top.probability, 1e6)}});
  }
  line["timings"] = {{"decode_ms", rounded(record.decode_ms, 1e3)},
                     {"preprocess_ms", rounded(record.preprocess_ms, 1e3)},
                     {"infer_ms", rounded(record.infer_ms, 1e3)}};
  return line.dump() + "\n";
}

ImageRecord parse_line(std::string_view line, std::vector<std::string>* violations) {
  const json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  *violations = value.is_discarded() ? std::vector<std::string>{"/: is not JSON"} : schema_violations(schema(), value);
  ImageRecord record;
  if (!violations->empty()) return record;
  record.path = value["path"];
  if (value.contains("error")) {
    record.error_code = value["error"]["code"];
    record.error_message = value["error"]["message"];
    return record;
  }
  record.width = value["width"];
  record.height = value["height"];
  record.oriented_width = value["oriented_width"];
  record.oriented_height = value["oriented_height"];
  for (const json& top : value["top"]) {
    const json& label = top["label"];
    record.top.push_back({top["index"], label.is_null() ? "" : label.get<std::string>(), top["probability"]});
  }
  record.decode_ms = value["timings"]["decode_ms"];
  record.preprocess_ms = value["timings"]["preprocess_ms"];
  record.infer_ms = value["timings"]["infer_ms"];
  return record;
}

ImageRecord parse_line(std::string_view line) {
  std::vector<std::string> violations;
  ImageRecord record = parse_line(line, &violations);
  if (!violations.empty()) throw Error(violations.front());
  return record;
}

}  // namespace lithe
