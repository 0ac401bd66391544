#pragma once
// Tensors in the memory of a graphics card. On this side such a tensor has an address too, which only names it: nothing
// is mapped there, so that a program that reads it by mistake ends at once.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "pipelines/core/tensor.h"
#include "pipelines/graph/device.h"

struct halide_buffer_t;

namespace lithe {

class DeviceMemory {
 public:
  /// Throws Error (kUsage) if the device cannot be used.
  explicit DeviceMemory(Device device);
  Device device() const { return device_; }

  ~DeviceMemory();

  /// A block of bytes on the device. Tensors in it must start at multiples of 512 bytes, which is the most that OpenCL
  /// asks for. Throws Error if the device has no more memory.
  Tensor reserve(int64_t bytes);
  /// The same as a row-major tensor of numbers.
  Tensor reserve(const Shape& shape);

  /// Lets `buffer`, which describes the layout of `tensor`, point to it on the device for as long as what is returned
  /// lives. A tensor that does not lie in a reserved block is uploaded, once for all that use it at the same time.
  std::shared_ptr<void> bind(const Tensor& tensor, halide_buffer_t* buffer);

  /// Between this side and the device: the same shape, any order of the dimensions without gaps. `download` waits for
  /// the device. What already lies in a reserved block is not uploaded but copied there.
  void upload(const Tensor& from, const Tensor& to);
  void download(const Tensor& from, const Tensor& to);
  /// From one order of N C H W to another, on the device.
  void relayout(const Tensor& from, const Tensor& to);
  /// Returns when the device has done all that it was given.
  void wait();
  /// For other libraries that compute with CUDA: calls `use` with the address of a tensor in a reserved block. The
  /// context that it is valid in is current meanwhile; what `use` puts into the default stream comes before our
  /// kernels.
  void in_cuda_context(const Tensor& tensor, const std::function<void(float*)>& use);

 private:
  struct Row;
  struct Block;
  struct Part;
  void add(const void* address, const std::shared_ptr<Block>& block);
  std::shared_ptr<Block> block_of(const char* address, int64_t* offset);
  bool is_reserved(const Tensor& tensor);
  std::shared_ptr<Part> part(const Tensor& tensor);
  void send(const Tensor& from, const Part& to);

  const Device device_;
  std::unique_ptr<Block> anchor_;  // some block, to wait for the device by
  std::mutex mutex_;
  std::map<const char*, std::weak_ptr<Block>> blocks_;  // by their first address
};

}  // namespace lithe
