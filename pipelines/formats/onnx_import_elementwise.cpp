#include <cmath>

#include "pipelines/formats/onnx_importer.h"

namespace lithe::onnx_import {
namespace {

template <const char* const& kOp>
Operand simple(Importer& g, const OnnxNode& node) {
  return g.op(node, kOp, {g.activation(node, 0).value});
}
const char* const kRelu = "relu";
const char* const kSigmoid = "sigmoid";
const char* const kTanh = "tanh";
const char* const kHardSwish = "hard_swish";

Operand leaky_relu(Importer& g, const OnnxNode& node) {
  return g.op(node, "leaky_relu", {g.activation(node, 0).value}, {{"slope", node.number("alpha", 0.01)}});
}

Operand clamped(Importer& g, const OnnxNode& node, ValueId x, double lo, double hi) {
  if (lo == 0 && hi == 6) return g.op(node, "relu6", {x});
  if (lo == 0 && std::isinf(hi)) return g.op(node, "relu", {x});
  return g.op(node, "clamp", {x}, {{"lo", lo}, {"hi", hi}});
}

// Limits are attributes before opset 11, inputs since; the largest finite float stands for none.
Operand clip(Importer& g, const OnnxNode& node) {
  const auto limit = [&](int i, const char* attribute, double none) {
    const double value = g.number(node, i, attribute, none);
    return std::abs(value) > 3.4e38 ? std::copysign(HUGE_VAL, value) : value;
  };
  const double lo = limit(1, "min", -HUGE_VAL), hi = limit(2, "max", HUGE_VAL);
  return clamped(g, node, g.activation(node, 0).value, lo, hi);
}

// max(0, min(1, alpha x + beta)); ours is the one with alpha = 1/6 and beta = 1/2.
Operand hard_sigmoid(Importer& g, const OnnxNode& node) {
  const Operand x = g.activation(node, 0);
  const double alpha = node.number("alpha", 0.2), beta = node.number("beta", 0.5);
  if (std::abs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5) return g.op(node, "hard_sigmoid", {x.value});
  const Shape channels{x.shape.at(1)};
  const Operand line = g.affine(node, x, Tensor::filled(channels, static_cast<float>(alpha)),
                                Tensor::filled(channels, static_cast<float>(beta)));
  return clamped(g, node, line.value, 0, 1);
}

// A constant that is the same for all pixels, one value per channel of x.
Tensor per_channel(const OnnxNode& node, const Tensor& constant, const Shape& x) {
  const int64_t channels = x.at(1);
  Shape shape = constant.shape();
  if (shape.size() < x.size()) shape.insert(shape.begin(), x.size() - shape.size(), 1);
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape.size() > x.size() || (shape[i] != 1 && (i != 1 || shape[i] != channels))) {
      node.refuse("a constant of the shape " + to_string(constant.shape()) + " with " + to_string(x) +
                  "; expected one number, or one per channel");
    }
  }
  if (channels > (1 << 20)) node.refuse("more than 2^20 channels");
  Tensor result({channels});
  for (int64_t c = 0; c < channels; ++c) result.at(c) = constant.data()[constant.size() == 1 ? 0 : c];
  return result;
}

enum class Arithmetic { kAdd, kSub, kMul, kDiv };

// scale and shift that equal the operation with a constant, which stands first where `reversed`.
Operand with_constant(Importer& g, const OnnxNode& node, Arithmetic kind, const Operand& x, const Tensor& constant,
                      bool reversed) {
  Tensor scale = per_channel(node, constant, x.shape).clone(), shift = scale.clone();
  for (int64_t c = 0; c < scale.size(); ++c) {
    const float value = scale.at(c);
    const bool sum = kind == Arithmetic::kAdd || kind == Arithmetic::kSub;
    scale.at(c) =
        sum ? (kind == Arithmetic::kSub && reversed ? -1.0f : 1.0f) : (kind == Arithmetic::kMul ? value : 1.0f / value);
    shift.at(c) = !sum ? 0.0f : (kind == Arithmetic::kSub && !reversed ? -value : value);
  }
  if (kind == Arithmetic::kDiv && reversed) node.refuse("a constant divided by an activation");
  return g.affine(node, x, scale, shift);
}

template <Arithmetic kKind>
Operand arithmetic(Importer& g, const OnnxNode& node) {
  const Operand &a = g.operand(node, 0), &b = g.operand(node, 1);
  if (a.is_constant() || b.is_constant()) {
    const int constant = b.is_constant() ? 1 : 0;
    return with_constant(g, node, kKind, g.activation(node, 1 - constant), g.constant(node, constant, "the constant"),
                         constant == 0);
  }
  const Operand x = g.activation(node, 0), y = g.activation(node, 1);
  if (kKind == Arithmetic::kAdd && x.shape == y.shape) return g.op(node, "add", {x.value, y.value});
  const auto fits = [](const Operand& gate, const Operand& of) {  // one factor per image and channel, or per element
    return gate.shape == of.shape || (of.shape.size() == 4 && gate.shape == Shape{of.shape[0], of.shape[1], 1, 1});
  };
  if (kKind == Arithmetic::kMul && (fits(y, x) || fits(x, y))) {
    const bool in_order = fits(y, x);
    Operand result = g.op(node, "multiply", {in_order ? x.value : y.value, in_order ? y.value : x.value});
    result.shape = in_order ? x.shape : y.shape;
    return result;
  }
  node.refuse("of " + to_string(x.shape) + " and " + to_string(y.shape));
}

Operand softmax(Importer& g, const OnnxNode& node) {
  const Operand x = g.activation(node, 0);
  const int64_t rank = static_cast<int64_t>(x.shape.size());
  int64_t axis = node.integer("axis", node.opset() < 13 ? 1 : -1);
  axis += axis < 0 ? rank : 0;
  // Up to opset 12 all axes from `axis` on count as one.
  const bool one_pixel = rank == 2 || (x.shape[2] == 1 && x.shape.back() == 1);
  if (axis != 1 || (node.opset() < 13 && !one_pixel)) node.refuse("over anything but the channels");
  return g.op(node, "softmax", {x.value});
}

// At inference both leave their input as it is.
Operand identity(Importer& g, const OnnxNode& node) { return g.operand(node, 0); }

}  // namespace

void add_elementwise(Translations& table) {
  table["Relu"] = simple<kRelu>;
  table["Sigmoid"] = simple<kSigmoid>;
  table["Tanh"] = simple<kTanh>;
  table["HardSwish"] = simple<kHardSwish>;
  table["HardSigmoid"] = hard_sigmoid;
  table["LeakyRelu"] = leaky_relu;
  table["Clip"] = clip;
  table["Add"] = arithmetic<Arithmetic::kAdd>;
  table["Sub"] = arithmetic<Arithmetic::kSub>;
  table["Mul"] = arithmetic<Arithmetic::kMul>;
  table["Div"] = arithmetic<Arithmetic::kDiv>;
  table["Softmax"] = softmax;
  table["Dropout"] = identity;
  table["Identity"] = identity;
}

}  // namespace lithe::onnx_import
