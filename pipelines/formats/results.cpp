#include "pipelines/formats/results.h"

#include <filesystem>
#include <unordered_set>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/formats/journal.h"
#include "pipelines/formats/run_record.h"

namespace lithe {
namespace {

constexpr size_t kMaxProblems = 20;

class Check {
 public:
  void line(std::string_view line, int64_t number) {
    const std::string where = "results.jsonl:" + std::to_string(number) + ": ";
    ++result.records;
    std::vector<std::string> violations;
    const ImageRecord record = parse_line(line, &violations);
    for (const std::string& violation : violations) problem(where + violation);
    if (!violations.empty()) return;
    result.failures += !record.error_code.empty();
    if (!paths_.insert(record.path).second) problem(where + record.path + " has a record already");
    for (size_t i = 1; i < record.top.size(); ++i) {
      if (record.top[i].probability > record.top[i - 1].probability) problem(where + "/top: the best must stand first");
    }
  }
  void problem(const std::string& text) {
    if (result.problems.size() < kMaxProblems) result.problems.push_back(text);
  }

  Validation result;

 private:
  std::unordered_set<std::string> paths_;
};

std::string csv_header(int top) {
  std::string header = "path,width,height,oriented_width,oriented_height";
  for (int k = 1; k <= top; ++k) {
    for (const char* column : {"index", "label", "probability"})
      header += std::string(",") + column + "_" + std::to_string(k);
  }
  return header + ",error_code,error_message\r\n";
}

std::string csv_row(const ImageRecord& record, int top) {
  std::string row = csv_field(record.path);
  for (const int64_t size : {record.width, record.height, record.oriented_width, record.oriented_height}) {
    row += "," + (size > 0 ? std::to_string(size) : "");
  }
  for (size_t k = 0; k < static_cast<size_t>(top); ++k) {
    if (k >= record.top.size()) {
      row += ",,,";
      continue;
    }
    const TopClass& t = record.top[k];
    row += "," + std::to_string(t.index) + "," + csv_field(t.label) + "," + std::to_string(t.probability);
  }
  return row + "," + record.error_code + "," + csv_field(record.error_message) + "\r\n";
}

struct Part {
  std::string folder;
  RunRecord run;
};

// The parts in the order of their shards.
std::vector<Part> ordered_parts(const std::vector<std::string>& folders) {
  if (folders.empty()) throw Error(ErrorKind::kUsage, "merge: no folders given; name the output folders of all shards");
  std::vector<Part> parts;
  const RunRecord first = read_run_record(folders.front());
  parts.resize(static_cast<size_t>(first.shards));
  for (const std::string& folder : folders) {
    Part part{folder, read_run_record(folder)};
    require_same_run(folder, part.run, first, SameRun::kIsAPart);
    if (part.run.shards != first.shards) {
      throw Error(folder + ": is shard " + std::to_string(part.run.shard) + " of " + std::to_string(part.run.shards) +
                  ", but " + folders.front() + " is one of " + std::to_string(first.shards));
    }
    Part& place = parts[static_cast<size_t>(part.run.shard - 1)];
    if (!place.folder.empty()) {
      throw Error(folder + ": is shard " + std::to_string(part.run.shard) + ", as " + place.folder + " is");
    }
    place = std::move(part);
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].folder.empty()) {
      throw Error("merge: shard " + std::to_string(i + 1) + " of " + std::to_string(parts.size()) + " is missing");
    }
  }
  return parts;
}

}  // namespace

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

Validation validate_results(const std::string& folder) {
  const RunRecord run = read_run_record(folder);
  const MappedFile file(results_file(folder));
  Check check;
  const size_t complete = for_each_line(file.bytes(), [&](auto line, int64_t number) { check.line(line, number); });
  if (complete < file.bytes().size()) {
    check.problem("results.jsonl: the last line is torn; the command that wrote it continues where it stopped");
  }
  if (check.result.records < run.inputs) {
    check.problem("results.jsonl: " + std::to_string(check.result.records) + " of " + std::to_string(run.inputs) +
                  " inputs have a record; the command that wrote it continues where it stopped");
  }
  return check.result;
}

int64_t merge_results(const std::vector<std::string>& folders, const std::string& output) {
  const std::vector<Part> parts = ordered_parts(folders);
  if (std::filesystem::exists(results_file(output))) {
    throw Error(ErrorKind::kUsage, output + ": holds results already; name another output folder");
  }
  int64_t records = 0, inputs = 0;
  std::unordered_set<std::string> paths;
  for (const Part& part : parts) {
    const Validation valid = validate_results(part.folder);
    if (!valid.problems.empty()) throw Error(part.folder + ": cannot be merged: " + valid.problems.front());
    inputs += part.run.inputs;
  }
  make_folder(output);
  write_file(run_file(output), whole_run(parts.front().run, inputs));
  write_file(results_file(output), [&](const auto& append) {
    for (const Part& part : parts) {
      const MappedFile file(results_file(part.folder));
      for_each_line(file.bytes(), [&](std::string_view line, int64_t) {
        const std::string path = parse_line(line).path;
        if (!paths.insert(path).second) throw Error(part.folder + ": " + path + " has a record in another part");
        append(std::string(line) + "\n");
        ++records;
      });
    }
  });
  return records;
}

void write_csv(const std::string& folder, int top) {
  const MappedFile file(results_file(folder));
  write_file(csv_file(folder), [&](const auto& append) {
    append(csv_header(top));
    for_each_line(file.bytes(), [&](std::string_view line, int64_t) { append(csv_row(parse_line(line), top)); });
  });
}

void make_folder(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw Error(ErrorKind::kOutput, folder + ": cannot create: " + failed.message());
}

}  // namespace lithe
