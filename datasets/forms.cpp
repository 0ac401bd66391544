#include <algorithm>
#include <filesystem>

#include "datasets/form.h"
#include "pipelines/core/file.h"
#include "pipelines/core/names.h"

namespace lithe {

namespace fs = std::filesystem;

extern const DatasetForm kIdx, kCifar10, kCifar100, kPngStrips, kSvhn, kUsps, kQuickDraw, kOmniglot, kLabelList,
    kClassFolders, kDomainFolders;

const std::vector<DatasetForm>& dataset_forms() {
  // Where two would do, the first one is taken: folders are the most general ones.
  static const std::vector<DatasetForm> table = {kIdx,       kCifar10,  kCifar100,  kPngStrips,    kSvhn,         kUsps,
                                                 kQuickDraw, kOmniglot, kLabelList, kClassFolders, kDomainFolders};
  return table;
}

namespace {

std::string all_forms() {
  std::string text;
  for (const DatasetForm& form : dataset_forms()) text += std::string("\n  ") + form.name + ": " + form.files;
  return text;
}

std::string names_of(const std::vector<Split>& splits) {
  std::string text;
  for (const Split& split : splits) text += (text.empty() ? "" : ", ") + split.name;
  return text;
}

// A colon is a form's end only behind a form's name: a path may hold one.
const DatasetForm* named_form(const std::string& where) {
  const size_t colon = where.find(':');
  if (colon == std::string::npos) return nullptr;
  std::vector<std::string> names;
  for (const DatasetForm& form : dataset_forms()) {
    if (where.compare(0, colon, form.name) == 0) return &form;
    names.emplace_back(form.name);
  }
  if (fs::exists(where) || where.find('/') < colon) return nullptr;
  throw Error(ErrorKind::kUsage, where + ": \"" + where.substr(0, colon) + "\" is no form of data sets" +
                                     did_you_mean(where.substr(0, colon), names) + "; there are:" + all_forms());
}

bool holds_no_file(const std::string& path) {
  return fs::is_directory(path) && std::none_of(fs::recursive_directory_iterator(path), {},
                                                [](const auto& entry) { return entry.is_regular_file(); });
}

std::vector<Split> find(const DatasetForm& form, const std::string& path) try {
  return form.find(path);
} catch (const fs::filesystem_error& e) {
  throw Error(e.path1().string() + ": cannot read the folder: " + e.code().message());
}

}  // namespace

FoundSplits find_splits(const std::string& where) {
  if (const DatasetForm* form = named_form(where)) {
    const std::string path = where.substr(where.find(':') + 1);
    FoundSplits found{form, path, find(*form, path)};
    if (!found.splits.empty()) return found;
    throw Error(path + ": no data set of the form " + form->name + ": expected " + form->files);
  }
  for (const DatasetForm& form : dataset_forms()) {
    FoundSplits found{&form, where, find(form, where)};
    if (!found.splits.empty()) return found;
  }
  if (!fs::exists(where)) throw Error(where + ": no such file or folder");
  if (holds_no_file(where)) throw Error(where + ": there is no file in this folder; expected " + kClassFolders.files);
  throw Error(where + ": no data set of a known form; expected one of:" + all_forms());
}

std::vector<std::string> dataset_splits(const std::string& where) {
  std::vector<std::string> names;
  for (const Split& split : find_splits(where).splits) names.push_back(split.name);
  return names;
}

DatasetPtr open_dataset(const std::string& where, const std::string& split) {
  const FoundSplits found = find_splits(where);
  if (split.empty() && found.splits.size() == 1) return found.splits.front().open();
  for (const Split& candidate : found.splits) {
    if (candidate.name == split) return candidate.open();
  }
  const std::string given = split.empty() ? "name a split" : "there is no split \"" + split + "\"";
  throw Error(ErrorKind::kUsage, where + ": " + given + "; it has " + names_of(found.splits));
}

std::vector<std::string> read_names(const std::string& file) {
  const std::string text = read_file(file);
  std::vector<std::string> names;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    if (!name.empty() && name.back() == '\r') name.pop_back();
    if (!name.empty()) names.push_back(name);
    begin = end + 1;
  }
  return names;
}

void number_classes(const std::vector<std::string>& names, DatasetInfo* info) {
  info->class_names = names;
  std::sort(info->class_names.begin(), info->class_names.end());
  info->class_names.erase(std::unique(info->class_names.begin(), info->class_names.end()), info->class_names.end());
  info->labels.clear();
  for (const std::string& name : names) {
    const auto at = std::lower_bound(info->class_names.begin(), info->class_names.end(), name);
    info->labels.push_back(static_cast<int>(at - info->class_names.begin()));
  }
}

std::vector<std::string> class_names_beside(const std::string& folder, const std::vector<int>& labels) {
  const int classes = labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end()) + 1;
  const std::string file = folder + "/classes.txt";
  std::vector<std::string> names;
  if (fs::exists(file)) {
    names = read_names(file);
  } else {
    for (int c = 0; c < classes; ++c) names.push_back(std::to_string(c));
  }
  if (static_cast<int>(names.size()) >= classes) return names;
  throw Error(file + ": holds " + std::to_string(names.size()) + " names, but the labels go up to " +
              std::to_string(classes - 1));
}

}  // namespace lithe
