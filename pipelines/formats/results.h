#pragma once
// A folder of classification results: results.jsonl, run.json and, on request, results.csv.

#include <cstdint>
#include <string>
#include <vector>

namespace lithe {

struct Validation {
  int64_t records = 0, failures = 0;  // failures: records of inputs that could not be used
  std::vector<std::string> problems;  // "results.jsonl:17: /top/0/index: must be at least 0"; the first 20
};

/// Checks every line by docs/results.schema.json, that no input has two records, that each has one, and that the best
/// class stands first. Throws Error if the folder holds no results.
Validation validate_results(const std::string& folder);

/// Joins the complete results of all shards of one run into `output`, in the order of the whole run. Returns the number
/// of records. Throws Error if a shard is missing, unfinished, there twice or of another run; kUsage if `output`
/// already holds results; kOutput if it cannot be written.
int64_t merge_results(const std::vector<std::string>& folders, const std::string& output);

/// A field of a CSV file (RFC 4180), quoted where a comma, a quote or a line feed would break the row.
std::string csv_field(const std::string& text);

/// results.csv from results.jsonl: RFC 4180, one row per record, with index, label and probability of each of the `top`
/// classes. Throws Error(kOutput) if it cannot be written.
void write_csv(const std::string& folder, int top);

/// Creates the folder and those above it. Throws Error(kOutput).
void make_folder(const std::string& folder);

}  // namespace lithe
