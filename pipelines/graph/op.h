#pragma once
// The contract of an operator: ports with named dimensions, attributes, derived extents, cost, gradients, kernels.
// Every operator states its contract in `halide_generators/<folder>/op.cpp`; the engine names none.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

using Attribute = std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;
using Attributes = std::map<std::string, Attribute>;
std::string to_string(const Attribute& attribute);

/// The named extents of one call of an operator: the dimensions bound by its inputs, and its integer attributes.
class Dims {
 public:
  Dims(const std::string& op, const Attributes& attributes) : op_(op), attributes_(&attributes) {}
  /// d("C") is one extent or attribute; d("N C H W") their product.
  int64_t operator()(const std::string& names) const;
  bool has(const std::string& name) const;
  void set(const std::string& name, int64_t extent) { extents_[name] = extent; }
  /// An attribute of another type: d.attribute<double>("eps").
  template <class T>
  const T& attribute(const std::string& name) const {
    return std::get<T>(attributes_->at(name));
  }
  const Attributes& attributes() const { return *attributes_; }
  const std::map<std::string, int64_t>& extents() const { return extents_; }

 private:
  std::string op_;
  const Attributes* attributes_;
  std::map<std::string, int64_t> extents_;
};

/// An input or output. `dims` names its dimensions, outermost first: "N C H W". A tensor of lower rank is read with
/// trailing extents of 1 (so "N C H W" takes N x C as well); an output with the same trailing names takes the rank of
/// input 0. A digit stands for a fixed extent ("O 1"). "..." is any shape, and as an output that of input 0.
struct Port {
  std::string name, dims;
  bool optional = false;  // may be absent; kernels then get zeros
  bool variadic = false;  // the last input: one or more values. Their count is the dimension "K_<name>"; a dimension
                          // written "C+" may differ between them and is summed
};

/// Multiply-adds of one call (DESIGN "Numbers"): convolutions and linear layers; products of dynamic coefficients;
/// additions of the pooling inside a dynamic operator.
struct Madds {
  int64_t layers = 0, dynamic = 0, pooling = 0;
  int64_t a() const { return layers; }
  int64_t b() const { return layers + dynamic; }
  int64_t c() const { return layers + dynamic + pooling; }
  Madds& operator+=(const Madds& o) {
    layers += o.layers, dynamic += o.dynamic, pooling += o.pooling;
    return *this;
  }
};

/// How a Halide kernel serves an operator. Arguments are bound by name: a buffer is a port or a list attribute, a
/// scalar a dimension or attribute. Buffers list their dimensions innermost first, and their number says how an
/// activation N C H W, which lies in memory with its channels innermost, is presented:
///   4  (W, H, C, N), C with stride 1        3  (C, H*W, N) with `pixels`, else (W*C, H, N)
///   2  (C, N*H*W) with `pixels`, else (H*W*C, N)        1  all elements
/// To a `planar` kernel an activation lies row-major, plane by plane: 4 is (W, H, C, N) with stride 1 of W, 3 is
/// (H*W, C, N). An operator may have kernels for both: the plan takes the one whose layout the image has already.
/// A parameter keeps its own dimensions, reversed; a packed one those of its packed form, reversed.
struct Kernel {
  using Pack = std::function<Tensor(const std::vector<Tensor>& values, const Dims& dims)>;

  std::string name;                          // as registered by the generator
  std::function<bool(const Dims&)> applies;  // empty: always. The first kernel that applies is taken
  /// Ports that the kernel wants in another form (weight panels), made once per set of weights from the port's values.
  std::map<std::string, Pack> pack;
  bool pixels = false;
  bool in_place = false;   // elementwise: output 0 may lie on input 0, and all images lie in the same layout, whichever
  bool per_value = false;  // called once per value of the variadic port with that value's slice of output 0
  bool planar = false;     // activations row-major instead of channels innermost
  /// What numbers packed ports hold. A kernel with half-precision weights is taken only where they are asked for
  /// (SessionOptions), and stands before the kernel with float32 weights that it replaces.
  DType weights = DType::kF32;
};

class Op;

/// Another operator's node whose output 0 is the gradient of an input. `inputs` are ports of the node whose gradient it
/// is, or `d` and the name of its output.
struct AdjointNode {
  std::string op;
  std::vector<std::string> inputs;
  Attributes attributes;
};

/// How the gradients of some inputs are had from that of output 0, `dy` where that output is named y. A kernel's
/// arguments are bound by name as in the forward direction, and `dx` is the gradient of x: what a kernel reads and
/// gives is what it names. Gradients of a variadic port lie in one buffer, value after value, unless the kernel is
/// called per value. Without a kernel and a node the gradient is dy itself.
struct Adjoint {
  std::string inputs;  // the ports whose gradients it gives, separated by blanks
  /// `pack` and `applies` count for nodes too; a name only for kernels.
  Kernel kernel;
  std::function<AdjointNode(const Dims&)> node;
  bool passes_on() const { return kernel.name.empty() && !node; }
};

class Op {
 public:
  explicit Op(std::string name) : name_(std::move(name)) {}

  // ---- the contract, stated once in op.cpp
  Op& input(const std::string& name, const std::string& dims) { return add({name, dims}); }
  Op& optional_input(const std::string& name, const std::string& dims) { return add({name, dims, true, false}); }
  Op& variadic_input(const std::string& name, const std::string& dims) { return add({name, dims, false, true}); }
  Op& output(const std::string& name, const std::string& dims) {
    outputs_.push_back({name, dims});
    return *this;
  }
  /// The default gives the type of the attribute.
  Op& attribute(const std::string& name, Attribute value) {
    attributes_[name] = std::move(value);
    return *this;
  }
  /// An attribute without a usable default: it must be given. The value shows the type.
  Op& required_attribute(const std::string& name, Attribute value) {
    required_.push_back(name);
    return attribute(name, std::move(value));
  }
  /// Sets the derived extents: those that outputs name and inputs do not bind.
  Op& derive(std::function<void(Dims&)> derive) {
    derive_ = std::move(derive);
    return *this;
  }
  Op& require(std::function<bool(const Dims&)> holds, const std::string& message) {
    requirements_.push_back({std::move(holds), message});
    return *this;
  }
  /// The inputs that have a gradient, separated by blanks; `exist` says for which attributes, empty: always.
  Op& gradients(const std::string& names, std::function<bool(const Dims&)> exist = {}) {
    gradients_ = names, gradients_exist_ = std::move(exist);
    return *this;
  }
  /// Of the adjoints that give a gradient and apply, the first one is taken.
  Op& adjoint(const std::string& inputs, Kernel kernel) {
    adjoints_.push_back({inputs, std::move(kernel), {}});
    return *this;
  }
  Op& adjoint(const std::string& input, std::function<AdjointNode(const Dims&)> node, Kernel conditions = {}) {
    adjoints_.push_back({input, std::move(conditions), std::move(node)});
    return *this;
  }
  Op& adjoint_passes_on(const std::string& inputs) { return adjoint(inputs, Kernel{}); }
  /// What takes this operator's place in training mode: what is stated up to here, without kernels and adjoints, and
  /// what `edit` adds. Further outputs are kept for its adjoints, or are the next values of statistics (`next`). An
  /// integer attribute `seed` is set anew for every node and pass.
  Op& in_training(const std::string& name, const std::function<void(Op&)>& edit);
  /// Output `output` is the next value of the statistic that is the input `statistic`.
  Op& next(const std::string& statistic, const std::string& output) {
    next_[statistic] = output;
    return *this;
  }
  Op& madds(std::function<int64_t(const Dims&)> layers) {
    return costs([layers](const Dims& d) { return Madds{layers(d), 0, 0}; });
  }
  Op& costs(std::function<Madds(const Dims&)> costs) {
    costs_ = std::move(costs);
    return *this;
  }
  Op& kernel(Kernel kernel) {
    kernels_.push_back(std::move(kernel));
    return *this;
  }
  /// The output holds the elements of input 0 in the same row-major order; no kernel is needed, nor one back.
  Op& view() {
    view_ = true;
    return adjoint_passes_on(inputs_.at(0).name);
  }
  Op& summary(const std::string& text) {
    summary_ = text;
    return *this;
  }

  // ---- read by everything else
  const std::string& name() const { return name_; }
  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  const Attributes& attributes() const { return attributes_; }
  const std::vector<Kernel>& kernels() const { return kernels_; }
  const std::string& gradients() const { return gradients_; }
  bool gradients_exist(const Dims& dims) const { return !gradients_exist_ || gradients_exist_(dims); }
  const std::vector<Adjoint>& adjoints() const { return adjoints_; }
  const Op* training_form() const { return training_form_.get(); }
  const std::map<std::string, std::string>& next() const { return next_; }
  const std::string& summary() const { return summary_; }
  bool is_view() const { return view_; }

  /// Defaults filled in, types checked (an integer serves for a number). Throws Error on an unknown or missing name.
  Attributes complete(const Attributes& given, const std::string& where) const;
  /// Binds and derives all extents and checks the requirements. `shapes` holds one entry per input value; an absent
  /// optional input is an empty pointer. Throws Error saying which port of which node disagrees with what.
  Dims bind(const Attributes& attributes, const std::vector<const Shape*>& shapes, const std::string& where) const;
  std::vector<Shape> output_shapes(const Dims& dims, const std::vector<const Shape*>& shapes) const;
  Madds madds(const Dims& dims) const { return costs_ ? costs_(dims) : Madds{}; }
  /// The port of input value i (the variadic port takes all the last ones).
  const Port& port_of(size_t i) const { return inputs_[std::min(i, inputs_.size() - 1)]; }

 private:
  struct Requirement {
    std::function<bool(const Dims&)> holds;
    std::string message;
  };
  Op& add(Port port) {
    inputs_.push_back(std::move(port));
    return *this;
  }

  std::string name_, gradients_, summary_;
  std::vector<Port> inputs_, outputs_;
  Attributes attributes_;
  std::vector<std::string> required_;
  std::function<void(Dims&)> derive_;
  std::vector<Requirement> requirements_;
  std::function<Madds(const Dims&)> costs_;
  std::vector<Kernel> kernels_;
  std::function<bool(const Dims&)> gradients_exist_;
  std::vector<Adjoint> adjoints_;
  std::shared_ptr<const Op> training_form_;
  std::map<std::string, std::string> next_;
  bool view_ = false;
};

/// The registry of operators, filled before main() by the folders of halide_generators.
Op& register_op(const std::string& name);
/// Throws Error naming the nearest operator if there is none of that name.
const Op& find_op(const std::string& name);
std::vector<std::string> op_names();

}  // namespace lithe

#define LITHE_REGISTER_OP(name) [[maybe_unused]] static const ::lithe::Op& lithe_op_##name = ::lithe::register_op(#name)
