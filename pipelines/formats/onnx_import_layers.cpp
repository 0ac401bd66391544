#include <algorithm>

#include "pipelines/formats/onnx_importer.h"
#include "pipelines/formats/text.h"

namespace lithe::onnx_import {
namespace {

struct Window {
  int64_t kernel[2], stride[2], dilation[2], before[2], after[2];  // height, width
};

std::vector<int64_t> pair_of(const OnnxNode& node, const std::string& name, size_t count, int64_t otherwise) {
  std::vector<int64_t> values = node.integers(name);
  if (values.empty()) values.assign(count, otherwise);
  if (values.size() != count) {
    node.refuse(name + ": expected " + std::to_string(count) + " integers for a two-dimensional image, got " +
                std::to_string(values.size()));
  }
  return values;
}

// Kernel, strides and paddings of a convolution or pooling over `x`, a Pad before it included.
Window window_of(const OnnxNode& node, const Operand& x, const std::vector<int64_t>& kernel) {
  if (x.shape.size() != 4) node.refuse("expected an image N C H W, got the shape " + to_string(x.shape));
  const auto strides = pair_of(node, "strides", 2, 1), dilations = pair_of(node, "dilations", 2, 1);
  const auto pads = pair_of(node, "pads", 4, 0);
  const std::string rule = node.text("auto_pad", "NOTSET");
  Window result{};
  for (size_t i = 0; i < 2; ++i) {
    const int64_t extent = x.shape[i + 2] + x.pad[i] + x.pad[i + 2], reach = dilations[i] * (kernel[i] - 1) + 1;
    if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1) {
      throw Error(node.where() + ": kernel, strides and dilations must be at least 1");
    }
    int64_t before = pads[i], after = pads[i + 2];
    if (rule == "SAME_UPPER" || rule == "SAME_LOWER") {
      const int64_t outputs = (extent + strides[i] - 1) / strides[i];
      const int64_t total = std::max<int64_t>((outputs - 1) * strides[i] + reach - extent, 0);
      before = rule == "SAME_UPPER" ? total / 2 : total - total / 2;
      after = total - before;
    } else if (rule == "VALID") {
      before = after = 0;
    } else if (rule != "NOTSET") {
      node.refuse("auto_pad " + printable(rule));
    }
    if (before < 0 || after < 0) node.refuse("a negative padding");
    result.kernel[i] = kernel[i], result.stride[i] = strides[i], result.dilation[i] = dilations[i];
    result.before[i] = before + x.pad[i], result.after[i] = after + x.pad[i + 2];
  }
  return result;
}

Operand conv(Importer& g, const OnnxNode& node) {
  const Operand x = g.padded_activation(node, 0);
  const Tensor w = g.constant(node, 1, "the weights");
  if (w.rank() != 4) node.refuse("expected weights O I KH KW, got the shape " + to_string(w.shape()));
  const Window k = window_of(node, x, {w.dim(2), w.dim(3)});
  std::vector<ValueId> inputs{x.value, g.parameter(node, node.input(1), w)};
  if (!node.input(2).empty()) inputs.push_back(g.parameter(node, node.input(2), g.constant(node, 2, "the bias")));
  return g.op(node, "conv2d", inputs,
              {{"stride_h", k.stride[0]},
               {"stride_w", k.stride[1]},
               {"pad_h", k.before[0]},
               {"pad_w", k.before[1]},
               {"pad_bottom", k.after[0]},
               {"pad_right", k.after[1]},
               {"dilation_h", k.dilation[0]},
               {"dilation_w", k.dilation[1]},
               {"groups", node.integer("group", 1)}});
}

Operand batch_norm(Importer& g, const OnnxNode& node) {
  if (node.integer("training_mode", 0) != 0) node.refuse("training_mode; export the model in evaluation mode");
  if (node.integer("spatial", 1) != 1) node.refuse("statistics per pixel (spatial = 0)");
  std::vector<ValueId> inputs{g.activation(node, 0).value};
  const char* const names[] = {"scale", "bias", "mean", "variance"};
  for (int i = 1; i <= 4; ++i) {
    inputs.push_back(g.parameter(node, node.input(i), g.constant(node, i, names[i - 1]), /*statistic=*/i >= 3));
  }
  return g.op(node, "batch_norm", inputs, {{"eps", node.number("epsilon", 1e-5)}});
}

// w: O I, scaled; transposed from I O where `transpose`.
Tensor linear_weights(const OnnxNode& node, const Tensor& given, bool transpose, double scale) {
  if (given.rank() != 2) node.refuse("expected weights of two dimensions, got the shape " + to_string(given.shape()));
  if (!transpose && scale == 1) return given;
  const int64_t outputs = given.dim(transpose ? 1 : 0), inputs = given.dim(transpose ? 0 : 1);
  Tensor w({outputs, inputs});
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t i = 0; i < inputs; ++i) {
      w.at(o, i) = static_cast<float>(scale) * (transpose ? given.at(i, o) : given.at(o, i));
    }
  }
  return w;
}

Operand gemm(Importer& g, const OnnxNode& node) {
  if (node.integer("transA", 0) != 0) node.refuse("transA");
  const Operand x = g.activation(node, 0);
  const bool as_stored = node.integer("transB", 0) != 0;
  const double alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  const Tensor w = linear_weights(node, g.constant(node, 1, "the weights"), !as_stored, alpha);
  const bool unchanged = as_stored && alpha == 1;
  std::vector<ValueId> inputs{x.value, g.parameter(node, unchanged ? node.input(1) : node.output() + ".weight", w)};
  if (!node.input(2).empty()) {
    const Tensor given = g.constant(node, 2, "the bias");
    const int64_t outputs = w.dim(0);
    if (given.size() != 1 && (given.size() != outputs || given.shape().back() != outputs)) {
      node.refuse("expected one bias per output, got the shape " + to_string(given.shape()));
    }
    Tensor bias({outputs});
    for (int64_t o = 0; o < outputs; ++o) {
      bias.at(o) = static_cast<float>(beta) * given.data()[given.size() == 1 ? 0 : o];
    }
    inputs.push_back(g.parameter(node, node.output() + ".bias", bias));
  }
  return g.op(node, "linear", inputs);
}

Operand matmul(Importer& g, const OnnxNode& node) {
  const Operand x = g.activation(node, 0);
  if (x.shape.size() != 2) node.refuse("expected a matrix N x C, got the shape " + to_string(x.shape));
  const Tensor w = linear_weights(node, g.constant(node, 1, "the second factor"), /*transpose=*/true, 1);
  return g.op(node, "linear", {x.value, g.parameter(node, node.output() + ".weight", w)});
}

int64_t windows(const Window& k, size_t i, int64_t extent, int64_t after, bool ceil) {
  const int64_t rest = extent + k.before[i] + after - k.kernel[i];
  if (rest < 0) return 0;
  const int64_t count = (rest + (ceil ? k.stride[i] - 1 : 0)) / k.stride[i] + 1;
  return ceil && (count - 1) * k.stride[i] >= extent + k.before[i] ? count - 1 : count;  // one must start inside
}

// Padding that is larger at the end, as SAME_UPPER gives it, mostly equals rounding the number of windows up.
bool equals_rounding_up(const Window& k, const Shape& image) {
  for (size_t i = 0; i < 2; ++i) {
    const int64_t extent = image[i + 2];
    if (windows(k, i, extent, k.after[i], false) != windows(k, i, extent, k.before[i], true)) return false;
  }
  return true;
}

Operand pool(Importer& g, const OnnxNode& node, const std::string& op) {
  const Operand x = g.activation(node, 0);
  const bool average = op == "avg_pool";
  if (node.integer("storage_order", 0) != 0) node.refuse("storage_order");
  const Window k = window_of(node, x, pair_of(node, "kernel_shape", 2, 0));
  if (k.dilation[0] != 1 || k.dilation[1] != 1) node.refuse("dilations");
  const bool symmetric = k.before[0] == k.after[0] && k.before[1] == k.after[1];
  const bool ceil = node.integer("ceil_mode", 0) != 0, count_pad = node.integer("count_include_pad", 0) != 0;
  if (!symmetric && (ceil || (average && count_pad) || !equals_rounding_up(k, x.shape))) {
    node.refuse("paddings that differ between the sides");
  }
  Attributes attributes{{"kernel_h", k.kernel[0]},
                        {"kernel_w", k.kernel[1]},
                        {"stride_h", k.stride[0]},
                        {"stride_w", k.stride[1]},
                        {"pad_h", k.before[0]},
                        {"pad_w", k.before[1]},
                        {"ceil_mode", int64_t{ceil || !symmetric}}};
  if (average) attributes["count_include_pad"] = int64_t{count_pad};
  return g.op(node, op, {x.value}, attributes);
}

Operand max_pool(Importer& g, const OnnxNode& node) { return pool(g, node, "max_pool"); }
Operand average_pool(Importer& g, const OnnxNode& node) { return pool(g, node, "avg_pool"); }

Operand global_average_pool(Importer& g, const OnnxNode& node) {
  return g.op(node, "global_avg_pool", {g.activation(node, 0).value});
}

Operand reduce_mean(Importer& g, const OnnxNode& node) {
  const Operand x = g.activation(node, 0);
  std::vector<int64_t> axes = g.integers(node, 1, "axes");
  for (int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
  std::sort(axes.begin(), axes.end());
  if (x.shape.size() != 4 || axes != std::vector<int64_t>{2, 3})
    node.refuse("a mean over anything but height and width");
  Operand y = g.op(node, "global_avg_pool", {x.value});
  if (node.integer("keepdims", 1) == 0) y.shape.resize(2);
  return y;
}

}  // namespace

void add_layers(Translations& table) {
  table["Conv"] = conv;
  table["BatchNormalization"] = batch_norm;
  table["Gemm"] = gemm;
  table["MatMul"] = matmul;
  table["MaxPool"] = max_pool;
  table["AveragePool"] = average_pool;
  table["GlobalAveragePool"] = global_average_pool;
  table["ReduceMean"] = reduce_mean;
}

}  // namespace lithe::onnx_import
