#include "pipelines/vision/classify_setup.h"

#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>

#include "pipelines/core/file.h"
#include "pipelines/formats/image_record.h"
#include "pipelines/formats/onnx_export.h"
#include "pipelines/formats/onnx_signature.h"
#include "pipelines/vision/preprocess.h"
#include "pipelines/vision/preprocess_cuda.h"

namespace lithe {
namespace {

using nlohmann::ordered_json;

bool is_onnx_file(const std::string& name) {
  constexpr std::string_view kSuffix = ".onnx";
  return name.size() > kSuffix.size() && name.compare(name.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

// An ONNX file goes to OpenCV as it is: it may hold operators that Lithe lacks.
void set_up_onnx_file(const ClassifyOptions& o, ClassifySetup* setup) {
  if (!o.set.empty()) {
    throw Error(ErrorKind::kUsage,
                "--set " + o.set.begin()->first + ": " + o.model + " is finished; it has no options");
  }
  const std::string onnx = read_file(o.model);
  Shape image = onnx_image_shape(onnx, o.model);
  image[0] = 1;
  for (size_t side : {2, 3}) image[side] = image[side] == 0 ? 224 : image[side];
  setup->network = "graph";
  setup->hash = sha256(onnx);
  setup->classifier = opencv_classifier(onnx, o.model);
  const int64_t classes = setup->classifier->scores(Tensor::filled(image, 0)).dim(1);
  setup->preprocessing = usual_preprocessing(classes, image[2], image[3]);
}

bool preprocesses_on_device(const ClassifyOptions& o, Device device) {
  if (o.preprocess == "cpu") return false;
  const auto refuse = [](const char* why) -> bool {
    throw Error(ErrorKind::kUsage, std::string("--preprocess") + why);
  };
  if (o.preprocess != "cuda") return refuse(": expected cpu or cuda");
  if (o.engine != "halide" || device != Device::kCuda) return refuse(" cuda: needs --device cuda");
  return preprocess_cuda != nullptr || refuse(" cuda: this build's OpenCV has no module cudaarithm");
}

void set_up_model(const ClassifyOptions& o, ClassifySetup* setup) {
  const Model model = load_model({o.model, o.weights, o.set, o.seed, o.domain});
  setup->preprocessing = model.preprocessing;
  setup->labels = model.labels;
  setup->network = model.network;
  setup->network_options = model.options;
  setup->hash = model.hash;
  const SessionOptions options{true, choose_device(o.device).device, weights_precision(o.weights_precision)};
  const bool on_device = preprocesses_on_device(o, options.device);
  setup->classifier = o.engine == "halide"
                          ? session_classifier(model, options, on_device)
                          : opencv_classifier(export_onnx(model.graph, model.parameters, for_opencv()), o.model);
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
  ClassifySetup setup;
  if (o.engine == "opencv" && is_onnx_file(o.model) && o.weights.empty()) {
    set_up_onnx_file(o, &setup);
  } else {
    set_up_model(o, &setup);
  }
  setup.preprocessing = preprocessing_of(setup.preprocessing, o);
  if (setup.classifier->images_on() != nullptr && channels_of(setup.preprocessing) != 3) {
    throw Error(ErrorKind::kUsage, "--preprocess cuda: is for colour images, the network takes gray ones");
  }
  if (!o.labels.empty()) setup.labels = lines_of(read_file(o.labels, int64_t{1} << 26));
  // One pass over nothing: it shows how many classes there are, and that images of this size fit.
  const int64_t classes = setup.classifier->scores(Tensor::filled(input_shape(setup.preprocessing), 0)).dim(1);
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
        {"weights_precision", o.weights_precision},
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
