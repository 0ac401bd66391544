#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "datasets/module.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/cost.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DataOptions {
  std::string what, split, output, fonts;
  std::optional<std::string> path;
  int64_t limit = 0, count = 10000;
  uint64_t seed = 1;
  int threads = 0;
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("what", what,
                 "check: look at every image; export: write them as PNG files; make-digits: render digits as IDX",
                 "check|export|make-digits");
    f.positional("path", path, "data set, or FORM:PATH (docs/data.md)", "FILE|DIR");
    f("split", split, "only this one: train, test, or a domain; make-digits: its name, train unless given", "TEXT");
    f("output", output, "folder for the images: of export one folder per class, of make-digits two files", "DIR");
    f("limit", limit, "export at most N images, evenly spaced; 0: all", "N");
    f("count", count, "make-digits: images");
    f("fonts", fonts, "make-digits: folder that is searched for fonts; else /usr/share/fonts", "DIR");
    f("seed", seed, "make-digits: the same seed and fonts give the same images");
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

const std::string& path_of(const DataOptions& o) {
  if (!o.path) throw Error(ErrorKind::kUsage, "PATH is missing: the data set");
  return *o.path;
}

ExitCode check(const DataOptions& o, Progress& progress) {
  const DatasetReport report = datasets().check(path_of(o), o.split, progress);
  if (progress.interrupted()) return interrupted();
  if (o.json) {
    std::cout << as_json(report).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    std::cout << report.path << ": " << report.form << "\n";
    for (const SplitReport& split : report.splits) print(split);
  }
  return report.intact() ? kDone : kCheck;
}

ExitCode export_to(const DataOptions& o, Progress& progress) {
  if (o.output.empty()) throw Error(ErrorKind::kUsage, "--output: export needs a folder for the images");
  const int64_t count = datasets().export_images(path_of(o), o.split, o.output, o.limit, progress);
  if (progress.interrupted()) return interrupted();
  progress.message(o.output + ": " + std::to_string(count) + " images");
  return kDone;
}

ExitCode make_digits(const DataOptions& o, Progress& progress) {
  if (o.path) throw Error(ErrorKind::kUsage, "make-digits reads no data set: too many arguments");
  if (o.output.empty()) throw Error(ErrorKind::kUsage, "--output: make-digits needs a folder for the images");
  const std::string split = o.split.empty() ? "train" : o.split;
  const int64_t fonts = datasets().make_digits({o.output, split, o.fonts, o.count, o.seed}, progress);
  if (progress.interrupted()) return interrupted();
  progress.message(o.output + ": " + std::to_string(o.count) + " digits from " + std::to_string(fonts) + " fonts");
  return kDone;
}

ExitCode data(const DataOptions& o, const ProgressOptions& p) {
  at_least(0, "--threads", o.threads);
  at_least(0, "--limit", o.limit);
  set_threads(o.threads);
  ProgressDisplay progress(p);
  if (o.what == "make-digits") return make_digits(o, progress);
  return o.what == "check" ? check(o, progress) : export_to(o, progress);
}

}  // namespace

extern const Command kData = command_of<DataOptions, ProgressOptions>(
    "data", "check a data set, write its images as files, or make one of rendered digits",
    {{"lithe data check /usr/share/datasets/fashion-mnist",
      "counts, classes, sizes; exit code 7 if an image is broken"},
     {"lithe data check domains:office --split amazon --json", "one domain of a folder of domains, as JSON"},
     {"lithe data export data/cifar10 --split test --output images", "for `lithe classify images`"},
     {"lithe data make-digits --output synth --count 20000 --seed 1",
      "digits in all fonts of the system, as synth/train; for a test split: --split test --seed 2"}},
    data);

}  // namespace lithe::cli
