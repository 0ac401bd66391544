#pragma once
// run.json: what made the results beside it. Members: "configuration" decides the records, so runs that differ in it do
// not mix; "root" and "inputs" say what was read; everything else is for the reader.

#include <cstdint>
#include <string>

namespace lithe {

/// What tools read of a run record.
struct RunRecord {
  std::string text;  // the JSON itself
  std::string root;
  std::string plan;    // what decides the bits of the scores
  int64_t inputs = 0;  // after --limit and --shard
  int shard = 1, shards = 1;
};

/// The file names in a folder of results.
inline std::string run_file(const std::string& folder) { return folder + "/run.json"; }
inline std::string results_file(const std::string& folder) { return folder + "/results.jsonl"; }
inline std::string csv_file(const std::string& folder) { return folder + "/results.csv"; }

/// Throws Error naming the file and the member that is missing or wrong.
RunRecord read_run_record(const std::string& folder);
RunRecord parse_run_record(const std::string& text, const std::string& where);

enum class SameRun { kContinues, kIsAPart };  // of one output folder; shards of one run

/// Throws Error(kUsage) naming the first member of "configuration" (and for kContinues "root") in which `now` differs
/// from what is in `folder`. Parts may differ in their shard, and in their root: they may come from several machines.
void require_same_run(const std::string& folder, const RunRecord& there, const RunRecord& now, SameRun kind);

/// The record of the whole run of which `part` is a shard.
std::string whole_run(const RunRecord& part, int64_t inputs);

/// i/n as numbers. Throws Error(kUsage) unless 1 <= i <= n; "" is 1/1.
void parse_shard(const std::string& text, int* shard, int* shards);

}  // namespace lithe
