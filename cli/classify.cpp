#include <cstdio>
#include <iostream>

#include "cli/command.h"
#include "cli/device_option.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "datasets/image_list.h"
#include "pipelines/vision/module.h"

namespace lithe::cli {
namespace {

// "998 images, 2 failed, 12.3 images/s; decode 41%, preprocess 20%, infer 38%, write 1%"
std::string in_words(const Summary& s) {
  std::string text = std::to_string(s.recorded) + " images, " + std::to_string(s.failures) + " failed";
  if (s.images < s.recorded) text += ", " + std::to_string(s.recorded - s.images) + " of them in earlier runs";
  if (s.images == 0) return text;
  char part[96];
  std::snprintf(part, sizeof part, ", %.1f images/s", s.images_per_second());
  text += part;
  const double all = s.decode + s.preprocess + s.infer + s.write;
  if (all <= 0) return text;
  std::snprintf(part, sizeof part, "; decode %.0f%%, preprocess %.0f%%, infer %.0f%%, write %.0f%%",
                100 * s.decode / all, 100 * s.preprocess / all, 100 * s.infer / all, 100 * s.write / all);
  return text + part;
}

std::string in_words(const std::vector<std::string>& passed_over) {
  const size_t others = passed_over.size() - 1;
  return "passed over as no images by name and contents: " + passed_over.front() +
         (others == 0 ? "" : " and " + std::to_string(others) + " more");
}

ExitCode exit_code(const Summary& s) {
  if (s.interrupted) return interrupted();
  if (s.failures == 0) return kDone;
  return s.failures < s.recorded ? kSomeFailed : kNothingUsable;
}

ExitCode run_classify(const ClassifyOptions& given, const ProgressOptions& p) {
  ClassifyOptions o = given;
  o.device = name_of(device_of(given.device));  // the record says what `auto` took
  const ImageList images = list_images(o.paths, o.output, std::cin, vision().may_be_image);
  ProgressDisplay progress(p);
  if (!images.passed_over.empty()) progress.message(in_words(images.passed_over));
  const Summary summary = vision().classify(o, images, progress);
  if (o.dry_run) {
    std::cout << summary.configuration << "\n";
    progress.message(std::to_string(summary.inputs) + " inputs; nothing was written");
    return kDone;
  }
  progress.message(o.output + ": " + in_words(summary));
  if (summary.interrupted) {
    progress.message("stopped after " + std::to_string(summary.recorded) + " of " + std::to_string(summary.inputs) +
                     "; the same command again continues there");
  }
  return exit_code(summary);
}

}  // namespace

extern const Command kClassify = command_of<ClassifyOptions, ProgressOptions>(
    "classify", "write the top classes of every image",
    {{"lithe classify photos --model mobilenet.onnx --labels labels.txt --output out", "a folder and all below it"},
     {"find . -name '*.jpg' -print0 | lithe classify - --model m0.safetensors --output out", "names from a pipe"},
     {"lithe classify photos --model m0.safetensors --output out.1 --shard 1/4",
      "a quarter of them, see `lithe merge`"},
     {"lithe classify photos --model m.onnx --engine opencv --output out", "computed by OpenCV"}},
    run_classify);

}  // namespace lithe::cli
