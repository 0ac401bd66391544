#include <cstdio>

#include "pipelines/vision/classify_setup.h"
#include "pipelines/vision/preprocess.h"

namespace lithe {
namespace {

// One number, or one for each channel.
std::array<float, 3> channel_values(const std::string& option, const std::string& text) {
  std::array<float, 3> values{};
  char surplus = 0;
  const int read = std::sscanf(text.c_str(), "%f,%f,%f%c", &values[0], &values[1], &values[2], &surplus);
  const bool single =
      read == 1 && text.find(',') == std::string::npos && std::sscanf(text.c_str(), "%*f%c", &surplus) < 1;
  if (single) values[1] = values[2] = values[0];
  if (single || read == 3) return values;
  throw Error(ErrorKind::kUsage, option + ": expected one number or three separated by commas, found \"" + text + "\"");
}

void read_crop(const std::string& text, Preprocessing* p) {
  int height = 0, width = 0;
  char surplus = 0;
  const int read = std::sscanf(text.c_str(), "%dx%d%c", &height, &width, &surplus);
  const bool square = read == 1 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!square && read != 2) {
    throw Error(ErrorKind::kUsage, "--crop: expected 224, or 192x224 (height x width), found \"" + text + "\"");
  }
  p->crop_height = height;
  p->crop_width = square ? height : width;
}

}  // namespace

Preprocessing preprocessing_of(const Preprocessing& model, const ClassifyOptions& o) {
  Preprocessing p = model;
  if (!o.preset.empty()) {  // a preset says how pixels become numbers; the size stays the model's
    const Preprocessing preset = preprocessing_preset(o.preset);
    p.channels = preset.channels;
    p.mean = preset.mean;
    p.std = preset.std;
    p.preset = preset.preset;
  }
  if (!o.resize.empty()) p.resize = o.resize;
  if (o.resize_to != 0) p.resize_to = o.resize_to;
  if (!o.interpolation.empty()) p.interpolation = o.interpolation;
  if (!o.crop.empty()) read_crop(o.crop, &p);
  if (!o.channels.empty()) p.channels = o.channels;
  if (!o.mean.empty()) p.mean = channel_values("--mean", o.mean);
  if (!o.std.empty()) p.std = channel_values("--std", o.std);
  check_preprocessing(p);
  return p;
}

}  // namespace lithe
