#include "pipelines/vision/classify_setup.h"

#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>

#include "pipelines/core/file.h"
#include "pipelines/formats/image_record.h"
#include "pipelines/vision/preprocess.h"

namespace lithe {
namespace {

using nlohmann::ordered_json;

bool is_onnx_file(const std::string& name) {
  constexpr std::string_view kSuffix = ".onnx";
  return name.size() > kSuffix.size() && name.compare(name.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

std::unique_ptr<Classifier> make_classifier(const Model& model, const ClassifyOptions& o) {
  if (o.engine == "halide") return session_classifier(model);
  if (!is_onnx_file(o.model) || !o.weights.empty()) {
    throw Error(ErrorKind::kUsage, "--engine opencv: reads ONNX files with their own weights, found --model " +
                                       o.model + "; `lithe export` makes one");
  }
  return opencv_classifier(read_file(o.model), o.model);
}

struct OptionsJson {
  ordered_json json = ordered_json::object();
  template <class T>
  void operator()(const char* name, const T& member, const char*, const char* = "") {
    json[name] = member;
  }
  template <class T>
  void required(const char* name, const T& member, const char*, const char* = "") {
    json[name] = member;
  }
  template <class T>
  void positional(const char* name, const T& member, const char*, const char* = "") {
    json[name] = member;
  }
};

Shape input_shape(const Preprocessing& p) { return {1, channels_of(p), p.crop_height, p.crop_width}; }

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    if (!lines.back().empty() && lines.back().back() == '\r') lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

ClassifySetup set_up(const ClassifyOptions& o) {
  const Model model = load_model({o.model, o.weights, o.set, o.seed});
  ClassifySetup setup;
  setup.preprocessing = preprocessing_of(model.preprocessing, o);
  setup.labels = o.labels.empty() ? model.labels : lines_of(read_file(o.labels, int64_t{1} << 26));
  setup.network = model.network;
  setup.network_options = model.options;
  setup.hash = model.hash;
  setup.classifier = make_classifier(model, o);
  // One pass over nothing: it shows how many classes there are, and that images of this size fit.
  const Shape shape = input_shape(setup.preprocessing);
  const int64_t classes = setup.classifier->scores(Tensor::filled(shape, 0)).dim(1);
  if (!setup.labels.empty() && static_cast<int64_t>(setup.labels.size()) != classes) {
    throw Error(ErrorKind::kUsage, (o.labels.empty() ? o.model : o.labels) + ": expected " + std::to_string(classes) +
                                       " labels, one per output of the network, found " +
                                       std::to_string(setup.labels.size()));
  }
  return setup;
}

RunRecord run_record(const ClassifyOptions& o, const ClassifySetup& setup, const std::string& root, int64_t inputs) {
  std::string labels;
  for (const std::string& label : setup.labels) labels += label + "\n";
  OptionsJson options;
  ClassifyOptions copy = o;
  copy.visit(options);
  const ordered_json record = {
      {"schema_version", 1},
      {"job", "classify"},
      {"root", as_utf8(root)},
      {"inputs", inputs},
      {"configuration",
       {{"model", {{"network", setup.network}, {"options", setup.network_options}, {"hash", setup.hash}}},
        {"engine", o.engine},
        {"preprocessing", ordered_json::parse(to_json(setup.preprocessing))},
        {"labels", setup.labels.empty() ? "" : sha256(labels)},
        {"top", o.top},
        {"max_pixels", o.max_pixels},
        {"shard", o.shard}}},
      {"plan", setup.classifier->plan_hash(input_shape(setup.preprocessing))},
      {"versions", {{"lithe", LITHE_VERSION}, {"opencv", CV_VERSION}, {"compiler", __VERSION__}}},
      {"options", options.json}};
  const std::string text = record.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  return parse_run_record(text, "run.json");
}

}  // namespace lithe
