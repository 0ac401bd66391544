#pragma once
// One line of results.jsonl; docs/results.schema.json describes it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lithe {

struct TopClass {
  int64_t index = 0;
  std::string label;  // empty: the model has none
  double probability = 0;
};

/// An image with its top classes, or an input that could not be used (then `error_code` is not empty).
struct ImageRecord {
  std::string path;  // as the file system has it; written `as_utf8`
  int64_t width = 0, height = 0, oriented_width = 0, oriented_height = 0;
  std::vector<TopClass> top;
  double decode_ms = 0, preprocess_ms = 0, infer_ms = 0;
  std::string error_code, error_message;
};

/// A file name as JSON can hold it: itself if it is UTF-8; otherwise every byte above 0x7F becomes \xHH and every
/// backslash is doubled, so that different names stay different.
std::string as_utf8(const std::string& name);

/// The record as JSON with a line feed. Probabilities have six decimals, times three.
std::string to_line(const ImageRecord& record);
/// Reads a line (with or without its line feed) back. Throws Error naming what is not as the schema says.
ImageRecord parse_line(std::string_view line);
/// The same, with everything that is not as the schema says in `violations`; the record counts only if that is empty.
ImageRecord parse_line(std::string_view line, std::vector<std::string>* violations);

}  // namespace lithe
