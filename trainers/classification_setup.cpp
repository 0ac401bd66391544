#include "trainers/classification_setup.h"

#include <algorithm>
#include <cmath>

#include "pipelines/core/command_line.h"
#include "pipelines/networks/registry.h"
#include "trainers/option_record.h"
#include "trainers/start_weights.h"

namespace lithe {
namespace {

// The split to train on: the one that was named, else "train", else the only one.
std::string training_split(const ClassificationOptions& o) {
  if (!o.split.empty()) return o.split;
  const std::vector<std::string> splits = dataset_splits(o.data);
  return std::count(splits.begin(), splits.end(), "train") > 0 ? "train" : "";
}

Model teacher_of(const std::string& file, const Model& student) {
  ModelRequest request;
  request.model = file;
  Model teacher = load_model(request);
  if (teacher.labels != student.labels) {
    throw Error(ErrorKind::kUsage, "--teacher: the classes of " + file + " are not those of the data");
  }
  if (to_json(teacher.preprocessing) != to_json(student.preprocessing)) {
    throw Error(ErrorKind::kUsage, "--teacher: " + file + " prepares images otherwise, " +
                                       to_json(teacher.preprocessing) + ", than this run, " +
                                       to_json(student.preprocessing) + "; train it on the same images at this size");
  }
  return teacher;
}

}  // namespace

void check_options(const ClassificationOptions& o) {
  check_usage(o.epochs >= 1, "--epochs: expected at least 1, got " + std::to_string(o.epochs));
  check_usage(o.batch >= 2, "--batch: expected at least 2, as statistics need, got " + std::to_string(o.batch));
  check_usage(o.hold_out > 0 && o.hold_out < 1, "--hold-out: expected a share in (0, 1)");
  check_usage(o.clip >= 0 && std::isfinite(o.clip), "--clip: expected 0 or more");
  check_usage(o.ema >= 0 && o.ema < 1, "--ema: expected a number in [0, 1)");
  check_usage(o.teacher_share >= 0 && o.teacher_share <= 1, "--teacher-share: expected a share in [0, 1]");
  check_usage(o.temperature > 0, "--temperature: expected a number above 0");
  check_usage(o.threads >= 0, "--threads: expected 0 or more");
  check_augmentation(o.augmentation);
}

Preprocessing preprocessing_for(const Dataset& set, const Shape& input) {
  const int64_t height = input.at(2), width = input.at(3);
  const Shape& image = set.info().image;
  Preprocessing p = preprocessing_preset("imagenet", height, width);
  if (!image.empty()) p.resize = image[1] == height && image[2] == width ? "none" : "stretch";
  const ChannelStatistics statistics = channel_statistics(set);
  for (size_t c = 0; c < p.mean.size(); ++c) {
    const size_t k = std::min(c, statistics.mean.size() - 1);  // grey images become three equal channels
    p.mean[c] = static_cast<float>(statistics.mean[k]);
    p.std[c] = static_cast<float>(std::max(statistics.std[k], 1.0));
  }
  p.preset = "data";
  return p;
}

TrainingData open_training_data(const ClassificationOptions& o) {
  TrainingData s;
  s.training = open_dataset(o.data, training_split(o));
  if (o.validation_split.empty()) {
    const HeldOut parts = hold_out(s.training, o.hold_out, o.seed);
    s.training = parts.kept, s.validation = parts.held_out;
  } else {
    s.validation = open_dataset(o.data, o.validation_split);
    if (s.validation->info().class_names != s.training->info().class_names) {
      throw Error(o.data + ": the classes of " + s.validation->info().split + " are not those of " +
                  s.training->info().split);
    }
  }
  check_usage(s.training->size() >= o.batch, "--batch: " + std::to_string(o.batch) + " is more than the " +
                                                 std::to_string(s.training->size()) + " images to train on in " +
                                                 o.data);
  return s;
}

ClassificationSetup set_up(const ClassificationOptions& o, Progress& progress) {
  find_network(o.model);
  const TrainingData data = open_training_data(o);
  ClassificationSetup s;
  s.training = data.training, s.validation = data.validation;
  s.model.network = o.model;
  s.model.options = o.set;
  s.model.options["classes"] = std::to_string(s.training->classes());
  s.model.graph = build_network(o.model, s.model.options);
  s.model.parameters = initial_parameters(s.model.graph, o.seed);
  if (!o.init.empty()) start_from(o.init, s.model.graph, &s.model.parameters, progress);
  for (auto& [name, tensor] : s.model.parameters) tensor = tensor.clone();  // those of a file are read-only
  s.model.preprocessing = preprocessing_for(*s.training, input_shapes(s.model.graph, 1).at(0));
  s.model.labels = s.training->info().class_names;
  s.model.source = "trained on " + o.data;
  if (!o.teacher.empty()) s.teacher = teacher_of(o.teacher, s.model);
  ClassificationOptions repeated = o;
  repeated.fresh = false, repeated.threads = 0;  // decide no bit
  s.command = command_line("lithe train classify", repeated);
  repeated.output.clear();  // the file is the same wherever it is written
  s.model.recipe = command_line("lithe train classify", repeated);
  return s;
}

std::string configuration(const ClassificationOptions& options, const ClassificationSetup& setup) {
  ClassificationOptions o = options;
  OptionRecord recorder;
  o.visit(recorder);
  for (const char* const name : {"output", "threads", "fresh"}) recorder.values.erase(name);  // decide no bit
  recorder.values["images"] = {setup.training->size(), setup.validation->size()};
  recorder.values["start"] = model_hash(setup.model.graph, setup.model.parameters);
  recorder.values["teacher-hash"] = setup.teacher.hash;
  return recorder.text(2);
}

}  // namespace lithe
