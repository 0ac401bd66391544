#pragma once
// From tensors to the arguments of a Halide kernel.

#include <HalideRuntime.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/graph/device_memory.h"
#include "pipelines/graph/graph.h"
#include "pipelines/graph/kernels.h"
#include "pipelines/kernel_cache/kernel_library.h"

namespace lithe {

/// Whether a port holds images, "N C H W": in memory those have their channels innermost or lie plane by plane.
bool is_image(const std::string& port_dims);
/// Strides of an activation: of N C H W row-major if `planar`, else with the channels innermost; others are row-major.
Shape layout_strides(const Shape& shape, bool planar);
/// Whether elements lie that way. An image of one pixel or one channel lies both ways.
bool has_layout(const Shape& shape, const Shape& strides, bool planar);
/// Of the kernels of the node's operator that apply and are compiled for the device, the first one that reads the
/// layout in which its first input lies; if there is none, the first one. Kernels with other weights than float32 count
/// only if those are `weights`. Throws an internal Error if none applies.
const Kernel& choose_kernel(const Node& node, const Dims& dims, const Shape& shape, const Shape& strides,
                            Device device = Device::kCpu, DType weights = DType::kF32);
/// Whether `kernel` wants images row-major if its first input has this shape and these strides.
bool wants_planar(const Kernel& kernel, const Shape& shape, const Shape& strides);
/// Tensors by the names of the arguments that they are bound to.
using PortTensors = std::map<std::string, Tensor>;
/// The tensors that `kernel` wants in another form, by port.
PortTensors pack(const Node& node, const Kernel& kernel, const Dims& dims, const std::vector<Tensor>& inputs);

/// One call of a kernel, laid out once and made any number of times.
class KernelCall {
 public:
  /// `ports`: the tensor of every port, packed where the kernel asks for it. With `memory` the call is one on that
  /// device; it must outlive the call.
  KernelCall(const Node& node, const Kernel& kernel, const Dims& dims, const PortTensors& ports,
             DeviceMemory* memory = nullptr);

  void operator()() const { call_kernel(kernel_, arguments_.get(), *where_); }
  /// Asks for what the call reads before its data, which may lie in no cache any more: first where its arguments are
  /// described, then, from there, their dimensions and the kernel's code.
  void fetch_arguments() const;
  void fetch_code() const;
  /// Everything that is fixed about this call (halide_generators/kernel_spec.h).
  std::string spec() const;
  /// Calls another kernel from now on: one that was specialised for this call.
  void use(KernelFunction specialised) { kernel_.call = specialised; }
  /// What it calls and with what, for measuring it.
  const CompiledKernel& kernel() const { return kernel_; }
  Device device() const { return device_; }
  void* const* arguments() const { return arguments_.get(); }
  /// Lets `port` start at another address from now on; shape and strides stay.
  void point(const std::string& port, void* data);
  /// The same for all of `ports`, whose tensors are not kept alive.
  void point(const PortTensors& ports);
  /// Where the kernel has an argument of that name: what `point` takes instead of it. The tensor is not kept alive.
  size_t place_of(const std::string& port) const;
  void point(size_t place, const Tensor& tensor) {
    if (place != kNone && !tensor.empty()) buffers_[place].header.host = static_cast<uint8_t*>(tensor.raw());
  }

 private:
  struct Buffer {
    std::string port;
    halide_buffer_t header{};
    std::vector<halide_dimension_t> dims;
    Tensor tensor;                    // keeps the memory alive
    std::shared_ptr<void> on_device;  // keeps it alive there
  };
  union Scalar {
    int32_t i;
    float f;
  };

  static constexpr size_t kNone = static_cast<size_t>(-1);
  Device device_;
  CompiledKernel kernel_;
  std::unique_ptr<std::string> where_;
  std::unique_ptr<Buffer[]> buffers_;
  std::unique_ptr<Scalar[]> scalars_;
  std::unique_ptr<void*[]> arguments_;
  size_t buffer_count_ = 0;
};

/// Visits the tensors of every call that makes up one node, with its dimensions: there are several only for kernels
/// that run once per value of a variadic port. `inputs` and `outputs` as in the node; absent inputs are empty tensors.
void each_call(const Node& node, const Kernel& kernel, const Dims& dims, const std::vector<Tensor>& inputs,
               const PortTensors& packed, const std::vector<Tensor>& outputs, DeviceMemory* memory,
               const std::function<void(const Dims&, const PortTensors&)>& visit);
/// Those calls, laid out.
std::vector<KernelCall> prepare(const Node& node, const Kernel& kernel, const Dims& dims,
                                const std::vector<Tensor>& inputs, const PortTensors& packed,
                                const std::vector<Tensor>& outputs, DeviceMemory* memory = nullptr);

/// Takes the kernel that was compiled for just this call, if there is one.
void specialise(KernelCall& call);

}  // namespace lithe
