#include "pipelines/networks/layers.h"

#include <cmath>

namespace lithe {

ValueId image_input(GraphBuilder& g, const NetworkOptions& o) {
  const int64_t size = o.integer("input_size", 32, 4096);
  return g.input("input", {1, 3, size, size});
}

void add_stride_options(std::vector<NetworkOption>* options) {
  options->push_back({"stem_stride", "2", "stride of the first layer; 1 for small images"});
  options->push_back({"first_stride", "2", "stride of the first block that has one; 1 for small images"});
}

int64_t stem_stride(const NetworkOptions& o) { return o.integer("stem_stride", 1, 2); }

int64_t first_stride(const NetworkOptions& o) { return o.integer("first_stride", 1, 2); }

std::vector<NetworkOption> common_options(const std::string& classes, const std::string& dropout,
                                          const std::string& input_size) {
  return {{"classes", classes, "number of outputs"},
          {"input_size", input_size, "height and width of the image in pixels"},
          {"dropout", dropout, "share of features dropped before the classifier, in training"}};
}

int64_t class_count(const NetworkOptions& o) { return o.integer("classes", 1, 1'000'000); }

double dropout_rate(const NetworkOptions& o) { return o.number("dropout", 0, 0.95); }

Conv square(int64_t out, int64_t kernel, int64_t stride, int64_t groups) {
  return {out, kernel, kernel, stride, stride, groups};
}

ValueId conv(GraphBuilder& g, const std::string& name, ValueId x, const Conv& c) {
  const double fan_out = static_cast<double>(c.kernel_h * c.kernel_w * c.out);
  const ValueId w = g.parameter(join(name, "weight"), {c.out, g.channels(x) / c.groups, c.kernel_h, c.kernel_w},
                                Init::normal(std::sqrt(2 / fan_out)));
  return g.op("conv2d", name, {x, w},
              {{"stride_h", c.stride_h},
               {"stride_w", c.stride_w},
               {"pad_h", c.kernel_h / 2},
               {"pad_w", c.kernel_w / 2},
               {"groups", c.groups}});
}

ValueId batch_norm(GraphBuilder& g, const std::string& name, ValueId x, Init gamma) {
  const Shape shape{g.channels(x)};
  return g.op(
      "batch_norm", name,
      {x, g.parameter(join(name, "weight"), shape, gamma), g.parameter(join(name, "bias"), shape, Init::constant(0)),
       g.statistic(join(name, "running_mean"), shape, Init::constant(0)),
       g.statistic(join(name, "running_var"), shape, Init::constant(1))});
}

ValueId linear(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, Start start, bool bias) {
  const int64_t in = elements(g.shape(x)) / g.shape(x).at(0);
  const Init weight = Init::normal(start == Start::kFramework ? 1 / std::sqrt(3.0 * static_cast<double>(in)) : 0.01);
  std::vector<ValueId> inputs{x, g.parameter(join(name, "weight"), {out, in}, weight)};
  if (bias) {
    inputs.push_back(g.parameter(join(name, "bias"), {out}, start == Start::kNormal ? Init::constant(0) : weight));
  }
  return g.op("linear", name, inputs);
}

int64_t round_channels(double v, int64_t step) {
  const double s = static_cast<double>(step);
  const int64_t n = std::max(step, static_cast<int64_t>((v + s / 2) / s) * step);
  return static_cast<double>(n) < 0.9 * v ? n + step : n;
}

}  // namespace lithe
