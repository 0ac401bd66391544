#include "pipelines/graph/kernel_call.h"

#include <charconv>

#include "pipelines/core/names.h"
#include "pipelines/graph/look_ahead.h"
#include "pipelines/kernel_cache/kernel_cache.h"

namespace lithe {
namespace {

halide_dimension_t dimension(int64_t extent, int64_t stride) {
  return halide_dimension_t(0, static_cast<int32_t>(extent), static_cast<int32_t>(stride));
}

// An image (or N x C as an image of one pixel) for a kernel that wants `rank` dimensions; see Kernel in op.h.
std::vector<halide_dimension_t> present_image(const Tensor& t, int rank, const Kernel& kernel,
                                              const std::string& where) {
  Shape shape = t.shape();
  shape.resize(4, 1);
  const int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
  const bool pixels = kernel.pixels;
  Shape strides = layout_strides(shape, kernel.planar);
  for (size_t i = 0; i < t.shape().size(); ++i) {
    if (shape[i] > 1) strides[i] = t.strides()[i];
  }
  if (rank == 4) {
    return {dimension(w, strides[3]), dimension(h, strides[2]), dimension(c, strides[1]), dimension(n, strides[0])};
  }
  if (kernel.planar && rank == 3) {
    LITHE_CHECK(strides == row_major_strides(shape));
    return {dimension(h * w, 1), dimension(c, h * w), dimension(n, c * h * w)};
  }
  if (rank == 3 && !pixels) {
    LITHE_CHECK(strides[1] == 1 && strides[3] == c);
    return {dimension(c * w, 1), dimension(h, strides[2]), dimension(n, strides[0])};
  }
  if (rank == 1) return {dimension(n * c * h * w, 1)};
  LITHE_CHECK(strides == channels_last_strides(shape));  // merged dimensions have no gaps
  if (rank == 3) return {dimension(c, 1), dimension(h * w, c), dimension(n, h * w * c)};
  if (rank == 2 && pixels) return {dimension(c, 1), dimension(n * h * w, c)};
  if (rank == 2) return {dimension(c * h * w, 1), dimension(n, c * h * w)};
  throw Error(ErrorKind::kInternal,
              where + ": a kernel cannot take an image with " + std::to_string(rank) + " dimensions");
}

std::vector<halide_dimension_t> present(const Tensor& t, const Port* port, int rank, const Kernel& kernel, bool packed,
                                        const std::string& where) {
  const bool any = port != nullptr && port->dims == "...";
  if (!packed && port != nullptr && (is_image(port->dims) || (any && rank != 1 && t.rank() == 4))) {
    return present_image(t, rank, kernel, where);
  }
  if (rank == 1 && t.rank() != 1) return {dimension(t.size(), 1)};
  if (rank != t.rank()) {
    throw Error(ErrorKind::kInternal, where + ": a kernel wants " + std::to_string(rank) +
                                          " dimensions, the tensor is " + to_string(t.shape()));
  }
  std::vector<halide_dimension_t> dims;
  for (size_t i = t.shape().size(); i-- > 0;) dims.push_back(dimension(t.shape()[i], t.strides()[i]));
  return dims;
}

// Attributes that are lists reach kernels as one-dimensional buffers.
Tensor list_tensor(const Attribute& attribute) {
  if (const auto* integers = std::get_if<std::vector<int64_t>>(&attribute)) {
    Tensor t({static_cast<int64_t>(integers->size())}, DType::kI32);
    for (size_t i = 0; i < integers->size(); ++i) t.data<int32_t>()[i] = static_cast<int32_t>((*integers)[i]);
    return t;
  }
  const auto& numbers = std::get<std::vector<double>>(attribute);
  Tensor t({static_cast<int64_t>(numbers.size())});
  for (size_t i = 0; i < numbers.size(); ++i) t.data()[i] = static_cast<float>(numbers[i]);
  return t;
}

float number(const Attribute& attribute) {
  if (const auto* integer = std::get_if<int64_t>(&attribute)) return static_cast<float>(*integer);
  return static_cast<float>(std::get<double>(attribute));
}

// With as many digits as tell every float from its neighbours.
std::string digits_of(float number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, 9).ptr};
}

const Port* find_port(const Op& op, const std::string& name) {
  for (const Port& port : op.inputs()) {
    if (port.name == name) return &port;
  }
  for (const Port& port : op.outputs()) {
    if (port.name == name) return &port;
  }
  // The gradient of a port has its dimensions.
  return name.size() > 1 && name[0] == 'd' ? find_port(op, name.substr(1)) : nullptr;
}

}  // namespace

bool is_image(const std::string& port_dims) {
  const std::vector<std::string> names = words(port_dims);
  return names.size() == 4 && names[0] == "N" && names[2][0] == 'H' && names[3][0] == 'W';
}

Shape layout_strides(const Shape& shape, bool planar) {
  return planar ? row_major_strides(shape) : channels_last_strides(shape);
}

bool has_layout(const Shape& shape, const Shape& strides, bool planar) {
  const Shape expected = layout_strides(shape, planar);
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] > 1 && strides[i] != expected[i]) return false;
  }
  return true;
}

const Kernel& choose_kernel(const Node& node, const Dims& dims, const Shape& shape, const Shape& strides, Device device,
                            DType weights) {
  const Kernel* first = nullptr;
  for (const Kernel& kernel : node.op->kernels()) {
    if (kernel.weights != DType::kF32 && kernel.weights != weights) continue;
    if (!has_kernel(kernel.name, device) || (kernel.applies && !kernel.applies(dims))) continue;
    if (has_layout(shape, strides, kernel.planar)) return kernel;
    if (first == nullptr) first = &kernel;
  }
  if (first != nullptr) return *first;
  throw Error(ErrorKind::kInternal,
              node.name + ": no kernel of " + node.op->name() + " for " + name_of(device) + " applies");
}

bool wants_planar(const Kernel& kernel, const Shape& shape, const Shape& strides) {
  return kernel.in_place ? !has_layout(shape, strides, false) : kernel.planar;
}

PortTensors pack(const Node& node, const Kernel& kernel, const Dims& dims, const std::vector<Tensor>& inputs) {
  if (kernel.pack.empty()) return {};
  PortTensors packed;
  for (const auto& [port, function] : kernel.pack) {
    std::vector<Tensor> values;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].empty() && node.op->port_of(i).name == port) values.push_back(inputs[i]);
    }
    if (!values.empty()) packed[port] = function(values, dims);
  }
  return packed;
}

KernelCall::KernelCall(const Node& node, const Kernel& kernel, const Dims& dims, const PortTensors& ports,
                       DeviceMemory* memory)
    : device_(memory ? memory->device() : Device::kCpu),
      kernel_(find_kernel(kernel.name, device_)),
      where_(std::make_unique<std::string>(node.name + ": " + node.op->name())) {
  const auto count = static_cast<size_t>(kernel_.metadata->num_arguments);
  buffers_ = std::make_unique<Buffer[]>(count);
  scalars_ = std::make_unique<Scalar[]>(count);
  arguments_ = std::make_unique<void*[]>(count);
  for (size_t i = 0; i < count; ++i) {
    const halide_filter_argument_t& argument = kernel_.metadata->arguments[i];
    const std::string name = argument_name(argument.name);
    const auto attribute = node.attributes.find(name);
    if (argument.kind == halide_argument_kind_input_scalar) {
      if (argument.type.code == halide_type_float) {
        LITHE_CHECK(attribute != node.attributes.end());
        scalars_[i].f = number(attribute->second);
      } else {
        scalars_[i].i = static_cast<int32_t>(dims(name));
      }
      arguments_[i] = &scalars_[i];
      continue;
    }
    Buffer& buffer = buffers_[i];
    const auto tensor = ports.find(name);
    buffer.port = name;
    if (tensor != ports.end()) {
      buffer.tensor = tensor->second;
    } else if (attribute != node.attributes.end()) {
      buffer.tensor = list_tensor(attribute->second);
    } else if (name == kAhead) {
      buffer.tensor = Tensor({1});  // nothing comes behind
    } else {
      // An absent optional input is zeros of the shape that its port names.
      const Port* port = find_port(*node.op, name);
      if (port == nullptr || !port->optional) {
        throw Error(ErrorKind::kInternal,
                    *where_ + ": nothing to bind to argument \"" + name + "\" of kernel " + kernel.name);
      }
      Shape shape;
      for (const std::string& dim : words(port->dims)) shape.push_back(dims(dim));
      buffer.tensor = Tensor::filled(shape, 0.0f);
    }
    buffer.dims = present(buffer.tensor, find_port(*node.op, name), argument.dimensions, kernel,
                          kernel.pack.count(name) > 0, *where_ + "." + name);
    buffer.header.host = static_cast<uint8_t*>(buffer.tensor.raw());
    buffer.header.type = argument.type;
    buffer.header.dimensions = argument.dimensions;
    buffer.header.dim = buffer.dims.data();
    if (memory != nullptr) buffer.on_device = memory->bind(buffer.tensor, &buffer.header);
    arguments_[i] = &buffer.header;
  }
  buffer_count_ = count;
}

std::string KernelCall::spec() const {
  std::string text = (device_ == Device::kCpu ? "" : std::string(name_of(device_)) + ':') + kernel_.name;
  for (size_t i = 0; i < buffer_count_; ++i) {
    const halide_filter_argument_t& argument = kernel_.metadata->arguments[i];
    text += ' ' + argument_name(argument.name) + '=';
    if (argument.kind == halide_argument_kind_input_scalar) {
      text += argument.type.code == halide_type_float ? digits_of(scalars_[i].f) : std::to_string(scalars_[i].i);
      continue;
    }
    for (int d = 0; d < buffers_[i].header.dimensions; ++d) {
      const halide_dimension_t& dim = buffers_[i].dims[static_cast<size_t>(d)];
      text += (d > 0 ? "," : "") + std::to_string(dim.extent) + ':' + std::to_string(dim.stride);
    }
  }
  return text;
}

void KernelCall::point(const std::string& port, void* data) {
  for (size_t i = 0; i < buffer_count_; ++i) {
    if (buffers_[i].port == port) buffers_[i].header.host = static_cast<uint8_t*>(data);
  }
}

void KernelCall::point(const PortTensors& ports) {
  for (size_t i = 0; i < buffer_count_; ++i) {
    const auto port = ports.find(buffers_[i].port);
    if (port == ports.end()) continue;
    buffers_[i].header.host = static_cast<uint8_t*>(port->second.raw());
    buffers_[i].tensor = Tensor();
  }
}

size_t KernelCall::place_of(const std::string& port) const {
  for (size_t i = 0; i < buffer_count_; ++i) {
    if (buffers_[i].port == port) return i;
  }
  return kNone;
}

void each_call(const Node& node, const Kernel& kernel, const Dims& dims, const std::vector<Tensor>& inputs,
               const PortTensors& packed, const std::vector<Tensor>& outputs, DeviceMemory* memory,
               const std::function<void(const Dims&, const PortTensors&)>& visit) {
  PortTensors ports;
  for (size_t i = 0; i < outputs.size(); ++i) ports[node.op->outputs()[i].name] = outputs[i];
  const std::vector<Port>& declared = node.op->inputs();
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].empty()) ports[node.op->port_of(i).name] = inputs[i];
  }
  for (const auto& [port, tensor] : packed) ports[port] = tensor;
  if (!kernel.per_value) return visit(dims, ports);
  // Each value goes to its own slice of the output's channels. Devices have no addresses inside a pixel: their kernels
  // get the whole output and the first channel of the slice.
  LITHE_CHECK(declared.back().variadic && outputs.size() == 1 && outputs[0].rank() >= 2);
  int64_t first = 0;
  for (size_t i = declared.size() - 1; i < inputs.size(); ++i) {
    const Tensor& y = outputs[0];
    Shape shape = y.shape();
    shape[1] = inputs[i].dim(1);
    Tensor slice =
        Tensor::view(y.data() + first * y.strides()[1], shape, y.strides(), DType::kF32, std::make_shared<Tensor>(y));
    ports[declared.back().name] = inputs[i];
    ports[node.op->outputs()[0].name] = memory == nullptr ? slice : y;
    Dims with_first = dims;
    with_first.set("first_channel", first);
    visit(with_first, ports);
    first += inputs[i].dim(1);
  }
}

std::vector<KernelCall> prepare(const Node& node, const Kernel& kernel, const Dims& dims,
                                const std::vector<Tensor>& inputs, const PortTensors& packed,
                                const std::vector<Tensor>& outputs, DeviceMemory* memory) {
  std::vector<KernelCall> calls;
  each_call(node, kernel, dims, inputs, packed, outputs, memory, [&](const Dims& of_call, const PortTensors& ports) {
    calls.emplace_back(node, kernel, of_call, ports, memory);
  });
  return calls;
}

void specialise(KernelCall& call) {
  if (const KernelFunction kernel = specialised_kernel(call.spec(), kernel_target(call.device()))) call.use(kernel);
}

}  // namespace lithe
