#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/cost.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "datasets/module.h"
#include "pipelines/core/threads.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DataOptions {
  std::string what, path, split, output;
  int64_t limit = 0;
  int threads = 0;
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("what", what, "check: look at every image; export: write them as PNG files", "check|export");
    f.positional("path", path, "data set, or FORM:PATH (docs/data.md)", "FILE|DIR");
    f("split", split, "only this one: train, test, or a domain", "TEXT");
    f("output", output, "folder for the images of export, one folder per class in it", "DIR");
    f("limit", limit, "export at most N images, evenly spaced; 0: all", "N");
    f("threads", threads, "threads in all; 0: one per core");
    f("json", json, "the report as JSON");
  }
};

// "3x28x28", or "1x16x16 to 3x480x640" where images differ.
std::string sizes(const SplitReport& split) {
  const std::string least = to_string(split.smallest);
  return split.smallest == split.largest ? least : least + " to " + to_string(split.largest);
}

Json as_json(const DatasetReport& report) {
  Json splits = Json::array();
  for (const SplitReport& split : report.splits) {
    Json row{{"split", split.name}};
    if (!split.error.empty()) {
      row["error"] = split.error;
      splits.push_back(row);
      continue;
    }
    Json classes = Json::array(), broken = Json::array();
    for (size_t c = 0; c < split.class_names.size(); ++c) {
      classes.push_back({{"name", split.class_names[c]}, {"images", split.images_of_class[c]}});
    }
    for (const BrokenImage& image : split.broken) broken.push_back({{"where", image.where}, {"reason", image.reason}});
    row["images"] = split.images;
    if (split.published > 0) row["published"] = split.published;
    row["labels"] = {split.first_label, split.last_label};
    row["smallest"] = split.smallest, row["largest"] = split.largest;
    row["classes"] = classes, row["broken"] = broken;
    splits.push_back(row);
  }
  return {{"path", report.path}, {"form", report.form}, {"intact", report.intact()}, {"splits", splits}};
}

void print(const SplitReport& split) {
  if (!split.error.empty()) {
    std::cout << "\n" << split.name << ": " << split.error << "\n";
    return;
  }
  std::cout << "\n" << split.name << ": " << grouped(split.images) << " images";
  if (split.published > 0 && split.published != split.images) {
    std::cout << " (published with " << grouped(split.published) << ")";
  }
  std::cout << ", " << split.class_names.size() << " classes, labels " << split.first_label << " to "
            << split.last_label;
  if (!split.smallest.empty()) std::cout << ", " << sizes(split) << " (C H W)";
  std::cout << "\n";
  for (size_t c = 0; c < split.class_names.size(); ++c) {
    std::cout << "  " << c << "  " << split.class_names[c] << "  " << grouped(split.images_of_class[c]) << "\n";
  }
  for (const BrokenImage& image : split.broken) std::cout << "broken: " << image.where << ": " << image.reason << "\n";
}

ExitCode check(const DataOptions& o, Progress& progress) {
  const DatasetReport report = datasets().check(o.path, o.split, progress);
  if (progress.interrupted()) return static_cast<ExitCode>(128 + caught_interrupt());
  if (o.json) {
    std::cout << as_json(report).dump(2) << "\n";
  } else {
    std::cout << report.path << ": " << report.form << "\n";
    for (const SplitReport& split : report.splits) print(split);
  }
  return report.intact() ? kDone : kCheck;
}

ExitCode export_to(const DataOptions& o, Progress& progress) {
  if (o.output.empty()) throw Error(ErrorKind::kUsage, "--output: export needs a folder for the images");
  const int64_t count = datasets().export_images(o.path, o.split, o.output, o.limit, progress);
  if (progress.interrupted()) return static_cast<ExitCode>(128 + caught_interrupt());
  progress.message(o.output + ": " + std::to_string(count) + " images");
  return kDone;
}

ExitCode data(const DataOptions& o, const ProgressOptions& p) {
  at_least(0, "--threads", o.threads);
  at_least(0, "--limit", o.limit);
  set_threads(o.threads);
  ProgressDisplay progress(p);
  return o.what == "check" ? check(o, progress) : export_to(o, progress);
}

}  // namespace

extern const Command kData = command_of<DataOptions, ProgressOptions>(
    "data", "check a data set, or write its images as files",
    {{"lithe data check /usr/share/datasets/fashion-mnist",
      "counts, classes, sizes; exit code 7 if an image is broken"},
     {"lithe data check domains:office --split amazon --json", "one domain of a folder of domains, as JSON"},
     {"lithe data export data/cifar10 --split test --output images", "for `lithe classify images`"}},
    data);

}  // namespace lithe::cli
