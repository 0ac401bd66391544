#include <algorithm>
#include <numeric>

#include "pipelines/formats/onnx_importer.h"

namespace lithe::onnx_import {
namespace {

// The elements of input 0 under another shape: nothing to compute.
Operand viewed(Importer& g, const OnnxNode& node, const Shape& shape) {
  Operand x = g.operand(node, 0);
  if (elements(shape) != elements(x.shape)) {
    throw Error(node.where() + ": " + to_string(x.shape) + " cannot become " + to_string(shape));
  }
  if (x.is_padded()) node.refuse("a Pad before it; expected a Pad only before a convolution");
  if (x.channels_last && elements(x.shape) != x.shape[0] * x.shape[3]) {
    node.refuse("of an image in the order N H W C; expected N C H W");
  }
  x.channels_last = false;
  x.shape = shape;
  if (x.is_constant()) x.constant = x.constant.reshaped(shape);
  return x;
}

int64_t axis_of(const OnnxNode& node, int64_t axis, size_t rank) {
  const int64_t from_front = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  if (from_front < 0 || from_front >= static_cast<int64_t>(rank)) {
    throw Error(node.where() + ": axis " + std::to_string(axis) + " of " + std::to_string(rank) + " axes");
  }
  return from_front;
}

Operand flatten(Importer& g, const OnnxNode& node) {
  const Shape& shape = g.operand(node, 0).shape;
  const int64_t axis = node.integer("axis", 1), rank = static_cast<int64_t>(shape.size());
  const auto middle = shape.begin() + (axis == rank ? rank : axis_of(node, axis, shape.size()));
  return viewed(g, node, {elements(Shape(shape.begin(), middle)), elements(Shape(middle, shape.end()))});
}

Operand reshape(Importer& g, const OnnxNode& node) {
  const Shape& from = g.operand(node, 0).shape;
  Shape to = g.integers(node, 1, "shape");
  int64_t known = 1, open = -1;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && i < from.size() && node.integer("allowzero", 0) == 0) to[i] = from[i];
    if (to[i] == -1 && open < 0) {
      open = static_cast<int64_t>(i);
    } else {
      known = elements({known, to[i]});  // throws where an extent is negative
    }
  }
  if (open >= 0) to[static_cast<size_t>(open)] = known > 0 ? elements(from) / known : 0;
  return viewed(g, node, to);
}

Operand squeeze(Importer& g, const OnnxNode& node) {
  const Shape& from = g.operand(node, 0).shape;
  std::vector<int64_t> axes = g.integers(node, 1, "axes");
  for (int64_t& axis : axes) axis = axis_of(node, axis, from.size());
  Shape to;
  for (size_t i = 0; i < from.size(); ++i) {
    const bool named = std::count(axes.begin(), axes.end(), static_cast<int64_t>(i)) > 0;
    if (!(axes.empty() ? from[i] == 1 : named)) to.push_back(from[i]);
  }
  return viewed(g, node, to);
}

Operand unsqueeze(Importer& g, const OnnxNode& node) {
  Shape to = g.operand(node, 0).shape;
  std::vector<int64_t> axes = g.integers(node, 1, "axes");
  for (int64_t& axis : axes) axis = axis_of(node, axis, to.size() + axes.size());
  std::sort(axes.begin(), axes.end());
  for (const int64_t axis : axes) {
    if (axis > static_cast<int64_t>(to.size())) throw Error(node.where() + ": the axes repeat");
    to.insert(to.begin() + axis, 1);
  }
  return viewed(g, node, to);
}

// A Reshape to N G C/G H W, this Transpose of G and C/G, and a Reshape back are a channel shuffle.
Operand shuffle(Importer& g, const OnnxNode& node, const Operand& x, const Shape& to) {
  const int64_t groups = x.shape[1], size = x.shape[2];
  std::vector<int64_t> index;
  for (int64_t j = 0; j < size; ++j) {
    for (int64_t i = 0; i < groups; ++i) index.push_back(i * size + j);
  }
  Operand result = g.op(node, "channel_permute", {x.value}, {{"index", index}});
  result.shape = to;
  return result;
}

Operand transposed_matrix(const Operand& x) {
  Operand result = x;
  std::swap(result.shape[0], result.shape[1]);
  result.constant = Tensor(result.shape);
  for (int64_t i = 0; i < x.shape[0]; ++i) {
    for (int64_t j = 0; j < x.shape[1]; ++j) result.constant.at(j, i) = x.constant.at(i, j);
  }
  return result;
}

Operand transpose(Importer& g, const OnnxNode& node) {
  Operand x = g.operand(node, 0);
  const size_t rank = x.shape.size();
  std::vector<int64_t> order = node.integers("perm"), sorted = order, identity(rank);
  std::iota(identity.begin(), identity.end(), 0);
  if (order.empty()) order.assign(identity.rbegin(), identity.rend());
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty() && sorted != identity) throw Error(node.where() + ".perm: expected each axis once");

  Shape to;
  for (const int64_t axis : order) to.push_back(x.shape[static_cast<size_t>(axis)]);
  std::vector<int64_t> moving;  // axes of extent 1 may go anywhere: the elements stay in order
  std::copy_if(order.begin(), order.end(), std::back_inserter(moving),
               [&](int64_t axis) { return x.shape[static_cast<size_t>(axis)] != 1; });
  if (std::is_sorted(moving.begin(), moving.end()) && !x.channels_last) return viewed(g, node, to);

  if (x.is_constant() && rank == 2 && x.constant.dtype() == DType::kF32) return transposed_matrix(x);
  const bool to_first = order == std::vector<int64_t>{0, 3, 1, 2}, to_last = order == std::vector<int64_t>{0, 2, 3, 1};
  if (!x.is_constant() && ((x.channels_last && to_first) || (!x.channels_last && to_last))) {
    x.channels_last = to_last;
    x.shape = to;
    return x;
  }
  if (rank >= 4) std::swap(identity[1], identity[2]);
  const bool in_channels = !x.is_constant() && !x.is_padded() && !x.channels_last && rank >= 4 && order == identity &&
                           g.shape(x.value).at(1) == x.shape[1] * x.shape[2];
  if (!in_channels) node.refuse("of " + to_string(x.shape) + " to " + to_string(to));
  return shuffle(g, node, x, to);
}

Operand concat(Importer& g, const OnnxNode& node) {
  if (node.inputs() == 0) throw Error(node.where() + ": no inputs");
  const Operand& first = g.operand(node, 0);
  const int64_t axis = axis_of(node, node.integer("axis", 1), first.shape.size());
  if (first.is_constant()) return concat_constants(g, node);
  if (axis != 1) node.refuse("along axis " + std::to_string(axis) + "; expected the channels");
  std::vector<ValueId> values;
  for (int i = 0; i < node.inputs(); ++i) values.push_back(g.activation(node, i).value);
  return g.op(node, "concat", values);
}

// Zeros around the image are left to the next layer.
Operand pad(Importer& g, const OnnxNode& node) {
  Operand x = g.operand(node, 0);
  const std::vector<int64_t> pads = g.integers(node, 1, "pads");
  const bool zeros = node.text("mode", "constant") == "constant" && g.number(node, 2, "value", 0) == 0;
  if (std::all_of(pads.begin(), pads.end(), [](int64_t p) { return p == 0; })) return x;
  const size_t image = x.channels_last ? 1 : 2, channels = x.channels_last ? 3 : 1;
  if (!zeros || x.is_constant() || pads.size() != 8 || *std::min_element(pads.begin(), pads.end()) < 0 ||
      pads[0] + pads[4] + pads[channels] + pads[channels + 4] != 0) {
    node.refuse("anything but zeros around the image");
  }
  x.pad = {x.pad[0] + pads[image], x.pad[1] + pads[image + 1], x.pad[2] + pads[image + 4], x.pad[3] + pads[image + 5]};
  return x;
}

}  // namespace

void add_shapes(Translations& table) {
  table["Flatten"] = flatten;
  table["Reshape"] = reshape;
  table["Squeeze"] = squeeze;
  table["Unsqueeze"] = unsqueeze;
  table["Transpose"] = transpose;
  table["Concat"] = concat;
  table["Pad"] = pad;
}

}  // namespace lithe::onnx_import
