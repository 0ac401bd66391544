#include "pipelines/model/preprocessing.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pipelines/core/error.h"
#include "pipelines/core/names.h"

namespace lithe {
namespace {

using Json = nlohmann::json;

struct Preset {
  const char* name;
  const char* channels;
  std::array<float, 3> mean, std;
};

// clang-format off
constexpr Preset kPresets[] = {
    {"imagenet",  "rgb", {123.675f, 116.28f, 103.53f},          {58.395f, 57.12f, 57.375f}},
    {"inception", "rgb", {127.5f, 127.5f, 127.5f},              {127.5f, 127.5f, 127.5f}},
    {"caffe",     "bgr", {104.00698793f, 116.66876762f, 122.67891434f}, {1, 1, 1}},
    {"unit",      "rgb", {0, 0, 0},                             {255, 255, 255}},
};
// clang-format on

constexpr int64_t kLargestSide = 1 << 16;

int64_t side(const Json& json, const char* name, const std::string& where) {
  const int64_t pixels = json.at(name).get<int64_t>();
  if (pixels < 1 || pixels > kLargestSide) {
    throw Error(where + ": " + name + ": expected 1 to 65536 pixels, got " + std::to_string(pixels));
  }
  return pixels;
}

std::string choice(const Json& json, const char* name, const std::vector<std::string>& choices,
                   const std::string& where) {
  const std::string value = json.at(name).get<std::string>();
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    throw Error(where + ": " + name + ": unknown value" + did_you_mean(value, choices));
  }
  return value;
}

}  // namespace

std::vector<std::string> preprocessing_presets() {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

Preprocessing preprocessing_preset(const std::string& name) {
  for (const Preset& preset : kPresets) {
    if (preset.name != name) continue;
    Preprocessing result;
    result.channels = preset.channels;
    result.mean = preset.mean;
    result.std = preset.std;
    result.preset = name;
    return result;
  }
  throw Error(ErrorKind::kUsage, "unknown preset \"" + name + "\"" + did_you_mean(name, preprocessing_presets()) +
                                     "; `lithe list presets`");
}

Preprocessing preprocessing_preset(const std::string& name, int64_t height, int64_t width) {
  Preprocessing result = preprocessing_preset(name);
  result.crop_height = height;
  result.crop_width = width;
  result.resize_to = std::lround(static_cast<double>(std::max(height, width)) * 8 / 7);
  return result;
}

Preprocessing usual_preprocessing(int64_t classes, int64_t height, int64_t width) {
  constexpr int64_t kTensorFlowClasses = 1001;
  return preprocessing_preset(classes == kTensorFlowClasses ? "inception" : "imagenet", height, width);
}

std::string to_json(const Preprocessing& p) {
  return nlohmann::ordered_json{{"preset", p.preset},
                                {"resize", p.resize},
                                {"resize_to", p.resize_to},
                                {"interpolation", p.interpolation},
                                {"crop_height", p.crop_height},
                                {"crop_width", p.crop_width},
                                {"channels", p.channels},
                                {"mean", p.mean},
                                {"std", p.std}}
      .dump();
}

Preprocessing preprocessing_from_json(const std::string& text, const std::string& where) {
  try {
    const Json json = Json::parse(text);
    Preprocessing p;
    p.preset = json.at("preset").get<std::string>();
    p.resize = choice(json, "resize", {"shorter_side", "stretch", "none"}, where);
    p.resize_to = side(json, "resize_to", where);
    p.interpolation = choice(json, "interpolation", {"area", "bilinear"}, where);
    p.crop_height = side(json, "crop_height", where);
    p.crop_width = side(json, "crop_width", where);
    p.channels = choice(json, "channels", {"rgb", "bgr", "gray"}, where);
    p.mean = json.at("mean").get<std::array<float, 3>>();
    p.std = json.at("std").get<std::array<float, 3>>();
    if (std::count(p.std.begin(), p.std.end(), 0.0f) > 0) throw Error(where + ": std: expected numbers other than 0");
    return p;
  } catch (const nlohmann::json::exception& error) {
    throw Error(where + ": " + error.what());
  }
}

}  // namespace lithe
