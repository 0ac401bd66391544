#include "datasets/check.h"

#include <algorithm>

#include "datasets/form.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

// What one image turned out to be.
struct Look {
  Shape shape;
  std::string reason;  // why it is broken
};

Look look_at(const Dataset& set, int64_t i) try {
  const Image image = set.image(i);
  return {{image.channels, image.height, image.width}, ""};
} catch (const Error& e) {
  const std::string reason = e.what(), where = set.where(i) + ": ";
  return {{}, reason.compare(0, where.size(), where) == 0 ? reason.substr(where.size()) : reason};
}

void widen(const Shape& shape, SplitReport* report) {
  if (report->smallest.empty()) report->smallest = report->largest = shape;
  for (size_t d = 0; d < shape.size(); ++d) {
    report->smallest[d] = std::min(report->smallest[d], shape[d]);
    report->largest[d] = std::max(report->largest[d], shape[d]);
  }
}

void look_at_all(const Dataset& set, Progress& progress, SplitReport* report) {
  constexpr int64_t kStep = 256;
  std::vector<Look> looks;
  for (int64_t first = 0; first < set.size() && !progress.interrupted(); first += kStep) {
    looks.assign(static_cast<size_t>(std::min(kStep, set.size() - first)), {});
    const auto count = static_cast<int64_t>(looks.size());
    parallel_for(count, [&](int64_t i) { looks[static_cast<size_t>(i)] = look_at(set, first + i); });
    int64_t failed = 0;
    for (int64_t i = 0; i < count; ++i) {
      const Look& look = looks[static_cast<size_t>(i)];
      if (look.reason.empty()) {
        widen(look.shape, report);
      } else {
        report->broken.push_back({set.where(first + i), look.reason});
        ++failed;
      }
    }
    progress.advance(count, failed);
  }
}

SplitReport check_split(const Split& split, Progress& progress) try {
  const DatasetPtr set = split.open();
  SplitReport report;
  report.name = split.name;
  report.images = set->size(), report.published = split.published;
  report.class_names = set->info().class_names;
  report.images_of_class.resize(report.class_names.size());
  const std::vector<int>& labels = set->info().labels;
  for (const int label : labels) ++report.images_of_class[static_cast<size_t>(label)];
  report.first_label = *std::min_element(labels.begin(), labels.end());
  report.last_label = *std::max_element(labels.begin(), labels.end());
  progress.begin(report.images);
  look_at_all(*set, progress, &report);
  return report;
} catch (const Error& e) {
  SplitReport report;
  report.name = split.name, report.error = e.what();
  return report;
}

}  // namespace

DatasetReport check_dataset(const std::string& where, const std::string& only, Progress& progress) {
  const FoundSplits found = find_splits(where);
  DatasetReport report{found.form->name, found.path, {}};
  for (const Split& split : found.splits) {
    if (!only.empty() && only != split.name) continue;
    if (!progress.interrupted()) report.splits.push_back(check_split(split, progress));
  }
  if (report.splits.empty()) open_dataset(where, only);  // says which splits there are
  return report;
}

}  // namespace lithe
