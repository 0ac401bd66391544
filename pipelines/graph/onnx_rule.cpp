#include "pipelines/graph/onnx_rule.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace lithe {
namespace {

std::map<std::string, OnnxRule>& rules() {
  static auto* rules = new std::map<std::string, OnnxRule>;  // outlives every static that registers
  return *rules;
}

// The number of groups of which `index` is the shuffle out[j*G + i] = in[i*(C/G) + j]; 0 if it is none.
int64_t shuffle_groups(const std::vector<int64_t>& index) {
  const int64_t channels = static_cast<int64_t>(index.size());
  if (channels < 2 || index[1] < 1 || channels % index[1] != 0) return 0;
  const int64_t size = index[1], groups = channels / size;
  for (int64_t c = 0; c < channels; ++c) {
    if (index[static_cast<size_t>(c)] != c % groups * size + c / groups) return 0;
  }
  return groups;
}

}  // namespace

std::vector<std::string> OnnxWriter::add(const std::string& type, const std::vector<std::string>& inputs,
                                         const Attributes& attributes, size_t outputs) {
  std::vector<std::string> names;
  for (size_t i = 0; i < outputs; ++i) names.push_back(scope + "/" + type + std::to_string(++count_));
  operators.push_back({type, inputs, names, attributes, {}});
  return names;
}

std::string OnnxWriter::op(const std::string& type, const std::vector<std::string>& inputs,
                           const Attributes& attributes) {
  return add(type, inputs, attributes, 1).front();
}

std::string OnnxWriter::constant(const Tensor& tensor) {
  for (const auto& [name, known] : constants) {
    if (known.dtype() == tensor.dtype() && known.shape() == tensor.shape() &&
        std::memcmp(known.raw(), tensor.raw(), static_cast<size_t>(tensor.bytes())) == 0) {
      return name;
    }
  }
  const std::string name = "/constant" + std::to_string(constants.size() + 1);
  constants[name] = tensor;
  return name;
}

std::string OnnxWriter::reshape(const std::string& x, const Shape& from, const Shape& to) {
  const auto view = views_.find(x);
  const View source = view == views_.end() ? View{x, from} : view->second;
  if (source.shape == to) return source.source;
  std::string name;
  if (to.size() == 2) {
    name = op("Flatten", {source.source}, {{"axis", int64_t{1}}});
  } else {
    Tensor shape({static_cast<int64_t>(to.size())}, DType::kI64);
    std::copy(to.begin(), to.end(), shape.data<int64_t>());
    name = op("Reshape", {source.source, constant(shape)});
  }
  views_[name] = source;
  return name;
}

std::string OnnxWriter::image(const OnnxCall& call, size_t i) {
  const Shape& shape = call.shapes.at(i);
  if (shape.size() == 4) return call.inputs.at(i);
  LITHE_CHECK(shape.size() == 2);
  return reshape(call.inputs.at(i), {0, shape[1]}, {0, shape[1], 1, 1});
}

std::string OnnxWriter::result(const OnnxCall& call, const std::string& image) {
  if (call.output.size() == 4) return image;
  return reshape(image, {0, call.output.at(1), 1, 1}, {0, call.output[1]});
}

std::string OnnxWriter::clip(const std::string& x, double lo, double hi) {
  if (std::isinf(lo) && std::isinf(hi)) return x;
  if (lo == 0 && std::isinf(hi)) return op("Relu", {x});
  Attributes limits;
  if (!std::isinf(lo)) limits["min"] = lo;
  if (!std::isinf(hi)) limits["max"] = hi;
  return op("Clip", {x}, limits);
}

std::string OnnxWriter::permute(const std::string& x, const Shape& shape, const std::vector<int64_t>& index) {
  const int64_t channels = shape.at(1), pixels = shape.at(2) * shape.at(3), groups = shuffle_groups(index);
  if (groups > 0) {
    const Shape flat{0, channels, shape[2], shape[3]}, split{0, groups, channels / groups, pixels};
    const std::string turned = op("Transpose", {reshape(x, flat, split)}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
    return reshape(turned, {0, channels / groups, groups, pixels}, flat);
  }
  std::set<int64_t> cuts{0, channels};  // where pieces of x that stay together begin
  for (size_t c = 0; c < index.size(); ++c) {
    if (c == 0 || index[c] != index[c - 1] + 1) cuts.insert(index[c]);
    if (c + 1 == index.size() || index[c + 1] != index[c] + 1) cuts.insert(index[c] + 1);
  }
  std::vector<int64_t> sizes;
  std::map<int64_t, size_t> piece_at;
  for (auto cut = cuts.begin(); *cut < channels; ++cut) {
    piece_at[*cut] = sizes.size();
    sizes.push_back(*std::next(cut) - *cut);
  }
  const std::vector<std::string> pieces = add("Split", {x}, {{"axis", int64_t{1}}, {"split", sizes}}, sizes.size());
  std::vector<std::string> ordered;
  for (size_t c = 0; c < index.size();) {
    const size_t piece = piece_at.at(index[c]);
    ordered.push_back(pieces[piece]);
    c += static_cast<size_t>(sizes[piece]);
  }
  return op("Concat", ordered, {{"axis", int64_t{1}}});
}

std::string OnnxWriter::separable(const std::string& x, const Tensor& rows, const Tensor& columns) {
  const Attributes turn{{"perm", std::vector<int64_t>{0, 1, 3, 2}}};  // constants stand second: OpenCV wants it so
  const std::string wide = op("Transpose", {op("MatMul", {x, constant(columns)})}, turn);
  return op("Transpose", {op("MatMul", {wide, constant(rows)})}, turn);
}

bool OnnxWriter::rename(size_t first, const std::string& from, const std::string& to) {
  bool found = false;
  for (size_t i = first; i < operators.size(); ++i) {
    for (std::string& name : operators[i].outputs) found = found || (name == from && (name = to, true));
    std::replace(operators[i].inputs.begin(), operators[i].inputs.end(), from, to);
  }
  if (!found) return false;
  for (auto& view : views_) {
    if (view.second.source == from) view.second.source = to;
  }
  const auto view = views_.find(from);
  if (view != views_.end()) views_[to] = view->second;
  return true;
}

bool register_onnx_rule(const std::string& op, OnnxRule rule) {
  LITHE_CHECK(rules().emplace(op, rule).second);
  return true;
}

OnnxRule find_onnx_rule(const std::string& op) {
  const auto it = rules().find(op);
  return it == rules().end() ? nullptr : it->second;
}

}  // namespace lithe
