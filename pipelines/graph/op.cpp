#include "pipelines/graph/op.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include "pipelines/core/names.h"

namespace lithe {
namespace {

std::map<std::string, std::unique_ptr<Op>>& registry() {
  static auto* ops = new std::map<std::string, std::unique_ptr<Op>>;  // outlives every static that registers
  return *ops;
}

bool is_number(const std::string& word) { return std::all_of(word.begin(), word.end(), ::isdigit); }

const char* type_name(const Attribute& a) {
  constexpr const char* kNames[] = {"an integer", "a number", "a text", "a list of integers", "a list of numbers"};
  return kNames[a.index()];
}

// An integer where a number is meant is fine; anything else must have the type of the default.
Attribute converted(const Attribute& given, const Attribute& like, const std::string& where) {
  if (given.index() == like.index()) return given;
  if (std::holds_alternative<double>(like) && std::holds_alternative<int64_t>(given)) {
    return static_cast<double>(std::get<int64_t>(given));
  }
  throw Error(where + ": expected " + type_name(like) + ", got " + type_name(given) + " (" + to_string(given) + ")");
}

}  // namespace

std::string to_string(const Attribute& attribute) {
  std::ostringstream out;
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::vector<int64_t>> || std::is_same_v<T, std::vector<double>>) {
          for (size_t i = 0; i < value.size(); ++i) out << (i ? "," : "") << value[i];
        } else {
          out << value;
        }
      },
      attribute);
  return out.str();
}

bool Dims::has(const std::string& name) const {
  if (extents_.count(name)) return true;
  const auto it = attributes_->find(name);
  return it != attributes_->end() && std::holds_alternative<int64_t>(it->second);
}

int64_t Dims::operator()(const std::string& names) const {
  int64_t product = 1;
  for (const std::string& name : words(names)) {
    const auto extent = extents_.find(name);
    if (extent != extents_.end()) {
      product *= extent->second;
      continue;
    }
    const auto it = attributes_->find(name);
    if (it == attributes_->end() || !std::holds_alternative<int64_t>(it->second)) {
      throw Error(ErrorKind::kInternal, op_ + ": no dimension or integer attribute \"" + name + "\"");
    }
    product *= std::get<int64_t>(it->second);
  }
  return product;
}

Attributes Op::complete(const Attributes& given, const std::string& where) const {
  Attributes result = attributes_;
  for (const auto& [name, value] : given) {
    const auto it = result.find(name);
    if (it == result.end()) {
      std::vector<std::string> known;
      for (const auto& attribute : attributes_) known.push_back(attribute.first);
      throw Error(where + ": " + name_ + " has no attribute \"" + name + "\"" + did_you_mean(name, known));
    }
    it->second = converted(value, it->second, where + "." + name);
  }
  for (const std::string& name : required_) {
    if (!given.count(name)) throw Error(where + ": " + name_ + " needs the attribute \"" + name + "\"");
  }
  return result;
}

Dims Op::bind(const Attributes& attributes, const std::vector<const Shape*>& shapes, const std::string& where) const {
  const bool variadic = !inputs_.empty() && inputs_.back().variadic;
  const size_t fixed = inputs_.size() - (variadic ? 1 : 0);
  if (shapes.size() > inputs_.size() && !variadic) {
    throw Error(where + ": " + name_ + " takes at most " + std::to_string(inputs_.size()) + " inputs, got " +
                std::to_string(shapes.size()));
  }
  if (variadic && shapes.size() <= fixed) {
    throw Error(where + ": " + name_ + "." + inputs_.back().name + ": expected at least one value, got none");
  }
  Dims dims(name_, attributes);
  std::map<std::string, std::string> source;  // dimension -> the port that fixed it
  for (size_t i = 0; i < std::max(shapes.size(), inputs_.size()); ++i) {
    const Port& port = port_of(i);
    const std::string here = where + ": " + name_ + "." + port.name;
    const Shape* shape = i < shapes.size() ? shapes[i] : nullptr;
    if (shape == nullptr) {
      if (port.optional) continue;
      throw Error(here + ": missing input");
    }
    if (port.dims == "...") continue;
    const std::vector<std::string> names = words(port.dims);
    if (shape->size() > names.size()) {
      throw Error(here + ": expected " + port.dims + ", got the shape " + to_string(*shape));
    }
    for (size_t k = 0; k < names.size(); ++k) {
      const int64_t extent = k < shape->size() ? (*shape)[k] : 1;
      std::string name = names[k];
      if (is_number(name)) {
        if (extent != std::stoll(name)) {
          throw Error(here + ": expected " + port.dims + ", got the shape " + to_string(*shape));
        }
        continue;
      }
      if (name.back() == '+') {
        name.pop_back();
        dims.set(name, extent + (i > fixed ? dims(name) : 0));
        continue;
      }
      const auto known = source.find(name);
      if (known != source.end() && dims(name) != extent) {
        throw Error(here + ": " + name + " is " + std::to_string(dims(name)) + " (from " + known->second + "), got " +
                    std::to_string(extent) + " in the shape " + to_string(*shape));
      }
      if (known == source.end()) source[name] = port.name;
      dims.set(name, extent);
    }
  }
  if (variadic) dims.set("K_" + inputs_.back().name, static_cast<int64_t>(shapes.size() - fixed));
  if (derive_) derive_(dims);
  for (const Requirement& requirement : requirements_) {
    if (!requirement.holds(dims)) {
      std::string extents;
      for (const auto& [name, extent] : dims.extents()) extents += " " + name + "=" + std::to_string(extent);
      for (const auto& [name, value] : attributes) extents += " " + name + "=" + to_string(value);
      throw Error(where + ": " + name_ + ": " + requirement.message + "; got" + extents);
    }
  }
  return dims;
}

std::vector<Shape> Op::output_shapes(const Dims& dims, const std::vector<const Shape*>& shapes) const {
  std::vector<Shape> result;
  const Shape* first = shapes.empty() ? nullptr : shapes[0];
  for (const Port& port : outputs_) {
    if (port.dims == "...") {
      LITHE_CHECK(first != nullptr);
      result.push_back(*first);
      continue;
    }
    const std::vector<std::string> names = words(port.dims);
    Shape shape;
    for (const std::string& name : names) shape.push_back(is_number(name) ? std::stoll(name) : dims(name));
    // N x C stays N x C where the operator is written for N C H W.
    while (first != nullptr && shape.size() > first->size() && shape.size() > 1 && shape.back() == 1 &&
           words(inputs_[0].dims).size() == names.size()) {
      shape.pop_back();
    }
    result.push_back(shape);
  }
  return result;
}

Op& Op::in_training(const std::string& name, const std::function<void(Op&)>& edit) {
  Op form = *this;
  form.name_ = name;
  form.kernels_.clear(), form.adjoints_.clear();
  form.view_ = false;
  edit(form);
  training_form_ = std::make_shared<const Op>(std::move(form));
  return *this;
}

Op& register_op(const std::string& name) {
  auto& op = registry()[name];
  LITHE_CHECK(op == nullptr);
  op = std::make_unique<Op>(name);
  return *op;
}

const Op& find_op(const std::string& name) {
  const auto it = registry().find(name);
  if (it == registry().end()) {
    throw Error("unknown operator \"" + name + "\"" + did_you_mean(name, op_names()));
  }
  return *it->second;
}

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (const auto& entry : registry()) names.push_back(entry.first);
  return names;
}

}  // namespace lithe
