#include "pipelines/graph/adjoint.h"

#include <algorithm>
#include <map>
#include <optional>

#include "pipelines/core/names.h"
#include "pipelines/graph/node_run.h"

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

// The elements of `t` as a tensor of that shape: both list them in the order N C H W.
Tensor shaped(const Tensor& t, const Shape& shape) { return t.shape() == shape ? t : t.contiguous().reshaped(shape); }

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

struct AdjointRun::Other {
  Node node;
  std::optional<Dims> dims;
  NodeRun run;
};

AdjointRun::AdjointRun(const Adjoint& adjoint, bool specialised)
    : adjoint_(&adjoint), specialised_(specialised), calls_(specialised) {}
AdjointRun::~AdjointRun() = default;
AdjointRun::AdjointRun(AdjointRun&&) noexcept = default;

void AdjointRun::lay_out(const NodeState& state) {
  const Node& node = state.node;
  std::vector<std::string> reads;
  if (adjoint_->node) {
    const AdjointNode by = adjoint_->node(state.dims);
    const Op& op = find_op(by.op);
    other_ = std::make_unique<Other>(Other{
        {&op, node.name, {}, {}, op.complete(by.attributes, node.name), {}}, std::nullopt, NodeRun(specialised_)});
    reads = by.inputs;
  } else if (!adjoint_->passes_on()) {
    reads = values_read(node, state.dims, *adjoint_);
    reads.push_back(gradient_of_output(node));
  }
  for (const std::string& name : reads) {
    const auto pack = adjoint_->kernel.pack.find(name);
    Argument argument{name,
                      is_activation(port_dims(node, name)),
                      pack == adjoint_->kernel.pack.end() ? nullptr : &pack->second,
                      {},
                      {}};
    for (size_t i = 0; i < state.inputs.size(); ++i) {
      if (node.op->port_of(i).name == name) argument.inputs.push_back(i);
    }
    for (size_t k = 0; k < node.op->outputs().size(); ++k) {
      if (node.op->outputs()[k].name == name) argument.outputs.push_back(k);
    }
    reads_.push_back(std::move(argument));
  }
  for (size_t i = 0; i < state.shapes.size(); ++i) {
    if (gives(*adjoint_, node.op->port_of(i).name)) given_.push_back(i);
  }
  is_laid_out_ = true;
}

// In the form in which it is wanted; empty if it is absent.
Tensor AdjointRun::value_of(const Argument& argument, const NodeState& state, const Tensor& dy, bool planar) const {
  const Tensor& first = !argument.inputs.empty()    ? state.inputs[argument.inputs[0]]
                        : !argument.outputs.empty() ? state.outputs[argument.outputs[0]]
                                                    : dy;
  if (first.empty()) return {};
  if (argument.pack == nullptr)
    return argument.is_image && first.rank() == 4 ? laid_out(first, planar) : first.contiguous();
  std::vector<Tensor> values;
  for (const size_t i : argument.inputs) values.push_back(state.inputs[i]);
  if (argument.inputs.empty()) values.push_back(first);
  return (*argument.pack)(values, state.dims);
}

Tensor AdjointRun::gradient_of_other(const NodeState& state, const Tensor& dy) {
  std::vector<Tensor> inputs;
  inputs.reserve(reads_.size());
  for (const Argument& argument : reads_) inputs.push_back(value_of(argument, state, dy, false));
  if (!other_->dims) {
    std::vector<const Shape*> shapes;
    for (const Tensor& t : inputs) shapes.push_back(&t.shape());
    other_->dims = other_->node.op->bind(other_->node.attributes, shapes, other_->node.name);
  }
  return other_->run(other_->node, *other_->dims, inputs)[0];
}

// Names are looked up in the first call, and again where images lie in another layout.
void AdjointRun::call(const NodeState& state, const std::vector<std::pair<std::string, Tensor>>& arguments,
                      bool planar) {
  if (!places_.empty() && planar == planar_) {
    KernelCall& call = calls_.last(0);
    for (size_t k = 0; k < arguments.size(); ++k) call.point(places_[k], arguments[k].second);
    return call();
  }
  PortTensors ports;
  for (const auto& [name, tensor] : arguments) {
    if (!tensor.empty()) ports[name] = tensor;
  }
  calls_.call(0, state.node, adjoint_->kernel, state.dims, ports);
  places_.clear(), planar_ = planar;
  for (const auto& argument : arguments) places_.push_back(calls_.last(0).place_of(argument.first));
}

// Every value's gradient comes from its own slice of dy's channels.
std::vector<Tensor> AdjointRun::gradients_by_value(const NodeState& state, const Tensor& dy, bool planar) {
  PortTensors ports;
  for (const Argument& argument : reads_) {
    if (Tensor value = value_of(argument, state, dy, planar); !value.empty()) ports[argument.name] = std::move(value);
  }
  const Tensor whole = ports.at(reads_.back().name);
  std::vector<Tensor> gradients(state.shapes.size());
  int64_t channel = 0;
  size_t count = 0;
  for (const size_t i : given_) {
    const Port& port = state.node.op->port_of(i);
    gradients[i] = ports["d" + port.name] = pooled_tensor(state.shapes[i], planar || !is_activation(port.dims));
    Shape shape = whole.shape();
    shape[1] = state.shapes[i][1];
    ports[reads_.back().name] = Tensor::view(whole.data() + channel * whole.strides()[1], shape, whole.strides(),
                                             DType::kF32, std::make_shared<Tensor>(whole));
    calls_.call(count++, state.node, adjoint_->kernel, state.dims, ports);
    channel += shape[1];
  }
  return gradients;
}

std::vector<Tensor> AdjointRun::gradients_of_kernel(const NodeState& state, const Tensor& dy) {
  const Kernel& kernel = adjoint_->kernel;
  const Op& op = *state.node.op;
  const bool planar = kernel.in_place ? state.planar : kernel.planar;
  if (kernel.per_value) return gradients_by_value(state, dy, planar);
  std::vector<std::pair<std::string, Tensor>> arguments;
  arguments.reserve(reads_.size() + given_.size());
  for (const Argument& argument : reads_) arguments.emplace_back(argument.name, value_of(argument, state, dy, planar));
  std::vector<Tensor> gradients(state.shapes.size());
  std::vector<size_t> stacked;  // values of a variadic port: in one buffer, one after the other
  for (const size_t i : given_) {
    const Port& port = op.port_of(i);
    if (port.variadic) {
      stacked.push_back(i);
      continue;
    }
    gradients[i] = pooled_tensor(state.shapes[i], planar || !is_activation(port.dims));
    arguments.emplace_back("d" + port.name, gradients[i]);
  }
  if (!stacked.empty()) {
    Shape shape = state.shapes[stacked[0]];
    shape.insert(shape.begin(), static_cast<int64_t>(stacked.size()));
    const Tensor stack = pooled_tensor(shape);
    arguments.emplace_back("d" + op.port_of(stacked[0]).name, stack);
    for (size_t k = 0; k < stacked.size(); ++k) {
      gradients[stacked[k]] = stack.images(static_cast<int64_t>(k), 1).reshaped(state.shapes[stacked[k]]);
    }
  }
  call(state, arguments, planar);
  return gradients;
}

std::vector<Tensor> AdjointRun::operator()(const NodeState& state, const Tensor& dy) {
  if (!is_laid_out_) lay_out(state);
  if (!adjoint_->node && !adjoint_->passes_on()) return gradients_of_kernel(state, dy);
  const Tensor gradient = adjoint_->node ? gradient_of_other(state, dy) : dy;
  std::vector<Tensor> gradients(state.shapes.size());
  for (const size_t i : given_) gradients[i] = shaped(gradient, state.shapes[i]);
  return gradients;
}

const KeptCalls& AdjointRun::calls() const { return other_ ? other_->run.calls() : calls_; }

std::vector<Tensor> run_adjoint(const NodeState& state, const Adjoint& adjoint, const Tensor& dy) {
  return AdjointRun(adjoint, false)(state, dy);
}

}  // namespace lithe
