#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "pipelines/core/command_line.h"
#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct EvaluateOptions {
  ModelRequest request;
  std::string data, split, report;
  int64_t batch = 128;
  uint64_t seed = 1;
  int threads = 0;
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f.required("model", request.model, "network of `lithe list networks`, or model file", "NETWORK|FILE");
    f("domain", request.domain, "domain of that model, learnt by `lithe adapt covnorm`: its name, or its file", "TEXT");
    f("weights", request.weights, "weights file", "FILE");
    f("set", request.options, "option of the network");
    f.required("data", data, "data set, or FORM:PATH (docs/data.md)", "FILE|DIR");
    f("split", split, "which part of it; else the only one", "TEXT");
    f("batch", batch, "images per forward pass");
    f("seed", seed, "of the samples that the intervals come from");
    f("threads", threads, "threads in all; 0: one per core");
    f("json", json, "as JSON, with the confusion matrix");
    f("report", report, "also write a page: confusion, classes, calibration, wrong answers, cost", "FILE");
  }
};

Json as_json(const Estimate& e) { return {{"value", e.value}, {"low", e.low}, {"high", e.high}}; }

Json as_json(const EvaluationReport& report) {
  const Evaluation& e = report.evaluation;
  const size_t count = report.class_names.size();
  Json classes = Json::array(), confusion = Json::array();
  for (size_t c = 0; c < count; ++c) {
    classes.push_back({{"name", report.class_names[c]},
                       {"images", e.classes[c].samples},
                       {"recall", e.classes[c].recall()},
                       {"precision", e.classes[c].precision()}});
    const auto row = e.confusion.begin() + static_cast<std::ptrdiff_t>(c * count);
    confusion.push_back(std::vector<int64_t>(row, row + static_cast<std::ptrdiff_t>(count)));
  }
  return {{"data", report.where},
          {"split", report.split},
          {"images", e.samples},
          {"top1", as_json(e.top1)},
          {"top5", as_json(e.top5)},
          {"loss", as_json(e.loss)},
          {"calibration_error", as_json(e.calibration_error)},
          {"classes", classes},
          {"confusion", confusion},
          {"worst", report.worst}};
}

void print(const EvaluationReport& report) {
  const Evaluation& e = report.evaluation;
  std::printf("%s, %s: %lld images\n\n%-20s %9s   95%% interval\n", report.where.c_str(), report.split.c_str(),
              static_cast<long long>(e.samples), "", "");
  const auto line = [](const char* name, const Estimate& value, double scale, const char* unit) {
    std::printf("%-20s %8.2f%s   %.2f to %.2f\n", name, scale * value.value, unit, scale * value.low,
                scale * value.high);
  };
  line("top-1", e.top1, 100, "%");
  line("top-5", e.top5, 100, "%");
  line("loss", e.loss, 1, " ");
  line("calibration error", e.calibration_error, 100, "%");
  std::printf("\n%-20s %9s %9s %10s\n", "class", "images", "recall", "precision");
  for (size_t c = 0; c < report.class_names.size(); ++c) {
    std::printf("%-20s %9lld %8.2f%% %9.2f%%\n", report.class_names[c].c_str(),
                static_cast<long long>(e.classes[c].samples), 100 * e.classes[c].recall(),
                100 * e.classes[c].precision());
  }
  std::printf("\nlargest loss:\n");
  for (const std::string& where : report.worst) std::printf("  %s\n", where.c_str());
}

ExitCode evaluate(const EvaluateOptions& o, const ProgressOptions& p) {
  at_least(1, "--batch", o.batch);
  at_least(0, "--threads", o.threads);
  set_threads(o.threads);
  const Model model = load_model(o.request);
  ProgressDisplay progress(p);
  const EvaluationReport report = trainers().evaluate_model(model, o.data, o.split, o.batch, o.seed, progress);
  if (report.interrupted) return interrupted();
  if (!o.report.empty()) {
    const std::string command = command_line("lithe evaluate", o);
    write_file(o.report, trainers().evaluation_page(model, report, command));
    progress.message(o.report + ": written");
  }
  if (o.json) {
    std::cout << as_json(report).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    print(report);
  }
  return kDone;
}

}  // namespace

extern const Command kEvaluate = command_of<EvaluateOptions, ProgressOptions>(
    "evaluate", "accuracy of a model on a labelled data set",
    {{"lithe evaluate --model run/best.safetensors --data /usr/share/datasets/fashion-mnist --split test",
      "accuracies with intervals, calibration, every class, the worst images"},
     {"lithe evaluate --model run/best.safetensors --data photos --report report.html",
      "and a page with the wrong answers"}},
    evaluate);

}  // namespace lithe::cli
