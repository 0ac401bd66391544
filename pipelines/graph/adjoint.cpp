#include "pipelines/graph/adjoint.h"

#include <algorithm>

#include "pipelines/core/names.h"
#include "pipelines/graph/forward.h"
#include "pipelines/graph/kernel_call.h"

namespace lithe {
namespace {

bool gives(const Adjoint& adjoint, const std::string& port) {
  const std::vector<std::string> ports = words(adjoint.inputs);
  return std::find(ports.begin(), ports.end(), port) != ports.end();
}

std::string gradient_of_output(const Node& node) { return "d" + node.op->outputs()[0].name; }

// What lies in memory as images do.
bool is_activation(const std::string& dims) { return is_image(dims) || dims == "..."; }

// The dimensions of the port whose value or gradient has that name.
const std::string& port_dims(const Node& node, const std::string& name) {
  const std::string port = name == gradient_of_output(node) ? name.substr(1) : name;
  for (const auto* ports : {&node.op->inputs(), &node.op->outputs()}) {
    for (const Port& p : *ports) {
      if (p.name == port) return p.dims;
    }
  }
  throw Error(ErrorKind::kInternal, node.op->name() + ": an adjoint speaks of \"" + name + "\", which is no port");
}

// What there is to read, by the names of arguments.
class Values {
 public:
  Values(const NodeState& state, const Adjoint& adjoint, const Tensor& dy, TensorPool& pool)
      : state_(state), adjoint_(adjoint), pool_(pool) {
    const Op& op = *state.node.op;
    for (size_t i = 0; i < state.inputs.size(); ++i) given_[op.port_of(i).name].push_back(state.inputs[i]);
    for (size_t k = 0; k < state.outputs.size(); ++k) given_[op.outputs()[k].name].push_back(state.outputs[k]);
    given_[gradient_of_output(state.node)].push_back(dy);
  }

  const Tensor& first(const std::string& name) const { return given_.at(name).front(); }

  // In the form in which it is wanted.
  Tensor operator()(const std::string& name, bool planar) {
    const auto pack = adjoint_.kernel.pack.find(name);
    if (pack != adjoint_.kernel.pack.end()) return pack->second(given_.at(name), state_.dims);
    const Tensor& value = first(name);
    const bool image = value.rank() == 4 && is_activation(port_dims(state_.node, name));
    return image ? pool_.laid_out(value, planar) : value.contiguous();
  }

 private:
  const NodeState& state_;
  const Adjoint& adjoint_;
  TensorPool& pool_;
  std::map<std::string, std::vector<Tensor>> given_;
};

// One call of an adjoint's kernel, or one per value of a variadic port.
class AdjointCall {
 public:
  AdjointCall(const NodeState& state, const Adjoint& adjoint, TensorPool& pool)
      : state_(state), kernel_(adjoint.kernel), pool_(pool), dy_(gradient_of_output(state.node)) {
    for (size_t i = 0; i < state.shapes.size(); ++i) {
      if (gives(adjoint, port(i).name)) given_.push_back(i);
    }
  }

  std::vector<Tensor> run(Values values, const std::vector<std::string>& reads) {
    planar_ = kernel_.in_place ? state_.planar : kernel_.planar;
    for (const std::string& name : reads) {
      if (!values.first(name).empty()) ports_[name] = values(name, planar_);
    }
    ports_[dy_] = values(dy_, planar_);
    gradients_.resize(state_.shapes.size());
    kernel_.per_value ? call_per_value() : call_once();
    return gradients_;
  }

 private:
  const Port& port(size_t i) const { return state_.node.op->port_of(i); }

  Tensor& gradient(size_t i) {
    return gradients_[i] = pool_.take(state_.shapes[i], planar_ || !is_activation(port(i).dims));
  }

  void call_once() {
    std::vector<size_t> stacked;  // values of a variadic port: in one buffer, one after the other
    for (const size_t i : given_) {
      port(i).variadic ? stacked.push_back(i) : void(ports_["d" + port(i).name] = gradient(i));
    }
    Tensor stack;
    if (!stacked.empty()) {
      Shape shape = state_.shapes[stacked[0]];
      shape.insert(shape.begin(), static_cast<int64_t>(stacked.size()));
      ports_["d" + port(stacked[0]).name] = stack = pool_.take(shape);
    }
    call();
    for (size_t k = 0; k < stacked.size(); ++k) {
      gradients_[stacked[k]] = stack.images(static_cast<int64_t>(k), 1).reshaped(state_.shapes[stacked[k]]);
    }
  }

  // Every value's gradient comes from its own slice of dy's channels.
  void call_per_value() {
    const Tensor dy = ports_.at(dy_);
    int64_t first = 0;
    for (const size_t i : given_) {
      Shape shape = dy.shape();
      shape[1] = state_.shapes[i][1];
      ports_[dy_] = Tensor::view(dy.data() + first * dy.strides()[1], shape, dy.strides(), DType::kF32,
                                 std::make_shared<Tensor>(dy));
      ports_["d" + port(i).name] = gradient(i);
      call();
      first += shape[1];
    }
  }

  void call() {
    std::vector<KernelCall> calls;
    calls.emplace_back(state_.node, kernel_, state_.dims, ports_);
    if (!state_.dims.has("seed")) specialise(calls);  // a seed is never seen again
    calls[0]();
  }

  const NodeState& state_;
  const Kernel& kernel_;
  TensorPool& pool_;
  const std::string dy_;
  bool planar_ = false;
  std::vector<size_t> given_;  // the inputs whose gradients it gives
  std::vector<Tensor> gradients_;
  std::map<std::string, Tensor> ports_;
};

// The elements of `t` as a tensor of that shape: both list them in the order N C H W.
Tensor shaped(const Tensor& t, const Shape& shape) { return t.shape() == shape ? t : t.contiguous().reshaped(shape); }

Tensor run_other(const AdjointNode& by, const Node& node, Values values, TensorPool& pool) {
  const Op& op = find_op(by.op);
  const Node other{&op, node.name, {}, {}, op.complete(by.attributes, node.name), {}};
  std::vector<Tensor> inputs;
  for (const std::string& name : by.inputs) inputs.push_back(values(name, false));
  return run_node(other, inputs, pool)[0];
}

}  // namespace

std::vector<const Adjoint*> choose_adjoints(const Node& node, const Dims& dims, const std::vector<bool>& wanted) {
  std::vector<const Adjoint*> chosen;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string& port = node.op->port_of(i).name;
    const auto gives_port = [&](const Adjoint* a) { return gives(*a, port); };
    if (!wanted[i] || std::any_of(chosen.begin(), chosen.end(), gives_port)) continue;
    const auto& all = node.op->adjoints();
    const auto it = std::find_if(all.begin(), all.end(), [&](const Adjoint& a) {
      return gives(a, port) && (!a.kernel.applies || a.kernel.applies(dims));
    });
    if (it == all.end() || !node.op->gradients_exist(dims)) {
      throw Error(node.name + ": " + node.op->name() + "." + port +
                  " has no gradient for these attributes; networks are trained as they are written, before rewrites");
    }
    chosen.push_back(&*it);
  }
  return chosen;
}

std::vector<std::string> values_read(const Node& node, const Dims& dims, const Adjoint& adjoint) {
  std::vector<std::string> names;
  const std::string dy = gradient_of_output(node);
  if (adjoint.node) {
    for (const std::string& name : adjoint.node(dims).inputs) {
      if (name != dy) names.push_back(name);
    }
  } else if (!adjoint.kernel.name.empty()) {
    const halide_filter_metadata_t& kernel = *find_kernel(adjoint.kernel.name).metadata;
    for (int i = 0; i < kernel.num_arguments; ++i) {
      const std::string name = argument_name(kernel.arguments[i].name);
      const bool is_value =
          kernel.arguments[i].kind == halide_argument_kind_input_buffer && !node.attributes.count(name);
      if (is_value && name != dy) names.push_back(name);
    }
  }
  return names;
}

std::vector<Tensor> run_adjoint(const NodeState& state, const Adjoint& adjoint, const Tensor& dy, TensorPool& pool) {
  const Node& node = state.node;
  Values values(state, adjoint, dy, pool);
  if (!adjoint.node && !adjoint.kernel.name.empty()) {
    return AdjointCall(state, adjoint, pool).run(std::move(values), values_read(node, state.dims, adjoint));
  }
  const Tensor gradient = adjoint.node ? run_other(adjoint.node(state.dims), node, std::move(values), pool) : dy;
  std::vector<Tensor> gradients(state.shapes.size());
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (gives(adjoint, node.op->port_of(i).name)) gradients[i] = shaped(gradient, state.shapes[i]);
  }
  return gradients;
}

}  // namespace lithe
