// A text file (.txt, .lst, .tsv, .csv) of image files and their labels, "FILE LABEL" a line, separated by blanks, a tab
// or a comma. Files are looked for from the list's folder. Labels are numbers from 0 or, if one is not, names.

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "datasets/file_set.h"
#include "datasets/form.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

struct ListLine {
  std::string file, label;
};

ListLine split_line(const std::string& list, size_t number, const std::string& text) {
  const size_t at = text.find_last_of(" \t,");
  const size_t end = at == std::string::npos ? at : text.find_last_not_of(" \t,", at);
  if (end != std::string::npos && at + 1 < text.size()) return {text.substr(0, end + 1), text.substr(at + 1)};
  throw Error(list + ": line " + std::to_string(number) + ": expected \"FILE LABEL\", found \"" + text + "\"");
}

// Whether all labels are numbers that could count classes.
bool to_numbers(const std::vector<ListLine>& lines, std::vector<int>* numbers) {
  constexpr int kMost = 1'000'000;
  for (const ListLine& line : lines) {
    int number = -1;
    const char* end = line.label.data() + line.label.size();
    const auto [last, status] = std::from_chars(line.label.data(), end, number);
    if (status != std::errc() || last != end || number < 0 || number > kMost) return false;
    numbers->push_back(number);
  }
  return true;
}

DatasetPtr open_list(const std::string& path) {
  std::vector<ListLine> lines;
  for (const std::string& text : read_names(path)) lines.push_back(split_line(path, lines.size() + 1, text));
  const fs::path folder = fs::path(path).parent_path();
  DatasetInfo info{"list", path, "all", {}, {}, {}};
  if (to_numbers(lines, &info.labels)) {
    info.class_names = class_names_beside(folder.string(), info.labels);
  } else {
    std::vector<std::string> names;
    for (const ListLine& line : lines) names.push_back(line.label);
    number_classes(names, &info);
  }
  std::vector<std::string> files;
  for (const ListLine& line : lines) files.push_back((folder / line.file).string());
  return file_set(std::move(info), std::move(files));
}

std::vector<Split> find_list(const std::string& path) {
  const std::string extension = fs::path(path).extension().string();
  const char* const kKnown[] = {".txt", ".lst", ".tsv", ".csv"};
  if (!fs::is_regular_file(path) || std::find(std::begin(kKnown), std::end(kKnown), extension) == std::end(kKnown)) {
    return {};
  }
  return {{"all", 0, [=] { return open_list(path); }}};
}

}  // namespace

extern const DatasetForm kLabelList{"list", "a text file (.txt, .lst, .tsv, .csv) with \"FILE LABEL\" lines",
                                    find_list};

}  // namespace lithe
