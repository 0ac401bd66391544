#include "pipelines/graph/device_memory.h"

#include <HalideRuntime.h>
#include <sys/mman.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <new>

#include "pipelines/core/threads.h"
#include "pipelines/graph/device_driver.h"
#include "pipelines/graph/kernels.h"

namespace lithe {
namespace {

void check(Device device, const std::string& what, const std::function<int()>& call) {
  const std::string message = halide_message(call);
  if (message.empty()) return;
  throw Error(ErrorKind::kInternal, std::string("--device ") + name_of(device) + ": " + what + " (" + message + ")");
}

// The same elements for Halide, innermost dimension first.
struct Elements {
  std::vector<halide_dimension_t> dims;
  halide_buffer_t buffer{};
  explicit Elements(const Tensor& t) {
    for (size_t i = t.shape().size(); i-- > 0;) {
      dims.emplace_back(0, static_cast<int32_t>(t.shape()[i]), static_cast<int32_t>(t.strides()[i]));
    }
    buffer.type = halide_type_of<float>();
    buffer.dimensions = static_cast<int32_t>(dims.size());
    buffer.dim = dims.data();
  }
  Elements(const Elements&) = delete;
};

// Memory without gaps, as one run of elements.
Tensor as_run(const Tensor& t) {
  LITHE_CHECK(size_of(t.dtype()) == 4);
  return Tensor::view(t.raw(), {t.size()}, {1}, t.dtype(), nullptr);
}

// By all threads.
void copy_images(const Tensor& from, const Tensor& to) {
  parallel_for(from.dim(0), [&](int64_t n) { copy(from.images(n, 1), to.images(n, 1)); });
}

}  // namespace

// A row of 8 bytes each: Halide counts extents in 31 bits, and blocks are larger than that.
struct DeviceMemory::Row {
  halide_dimension_t dim;
  halide_buffer_t buffer{};
  Row(int64_t first_byte, int64_t bytes)
      : dim(static_cast<int32_t>(first_byte / 8), static_cast<int32_t>((bytes + 7) / 8), 1) {
    buffer.type = halide_type_of<uint64_t>();
    buffer.dimensions = 1;
    buffer.dim = &dim;
  }
  Row(const Row&) = delete;
};

struct DeviceMemory::Block {
  Block(Device device, int64_t size) : bytes(size), row(0, std::min(size, kMost)) {
    const std::string what = std::to_string((bytes >> 20) + 1) + " MB do not fit into its memory; try a smaller batch";
    if (bytes > kMost) {
      throw Error(ErrorKind::kInternal,
                  std::string("--device ") + name_of(device) + ": " + what + " (a block has at most 16 GiB)");
    }
    check(device, what, [&] { return halide_device_malloc(nullptr, &row.buffer, interface_of(device)); });
  }
  ~Block() {
    halide_device_free(nullptr, &row.buffer);
    if (reserved != nullptr) munmap(reserved, static_cast<size_t>(bytes));
  }

  static constexpr int64_t kMost = (int64_t{1} << 34) - 8;  // that a row can count
  const int64_t bytes;
  Row row;
  Tensor uploaded;           // whose address this is, or
  void* reserved = nullptr;  // an address of its own
};

struct DeviceMemory::Part {
  Part(std::shared_ptr<Block> b, Device device, int64_t offset, int64_t bytes)
      : block(std::move(b)), row(offset, bytes) {
    check(device, "cannot address a part of a block",
          [&] { return halide_device_crop(nullptr, &block->row.buffer, &row.buffer); });
  }
  ~Part() { halide_device_release_crop(nullptr, &row.buffer); }
  void lend(halide_buffer_t* buffer) const {
    buffer->host = nullptr;
    buffer->device = row.buffer.device;
    buffer->device_interface = row.buffer.device_interface;
    buffer->set_device_dirty();
  }

  std::shared_ptr<Block> block;
  Row row;
};

DeviceMemory::DeviceMemory(Device device) : device_(device) {
  require(device);
  anchor_ = std::make_unique<Block>(device, 8);
}

DeviceMemory::~DeviceMemory() = default;

// Blocks that are gone have left their addresses to others.
void DeviceMemory::add(const void* address, const std::shared_ptr<Block>& block) {
  for (auto it = blocks_.begin(); it != blocks_.end();) it = it->second.expired() ? blocks_.erase(it) : std::next(it);
  blocks_[static_cast<const char*>(address)] = block;
}

Tensor DeviceMemory::reserve(int64_t bytes) {
  const auto block = std::make_shared<Block>(device_, std::max<int64_t>(bytes, 1));
  void* address =
      mmap(nullptr, static_cast<size_t>(block->bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) throw std::bad_alloc();
  block->reserved = address;
  const std::lock_guard<std::mutex> lock(mutex_);
  add(address, block);
  return Tensor::view(address, {block->bytes}, {1}, DType::kU8, block);
}

Tensor DeviceMemory::reserve(const Shape& shape) {
  const Tensor block = reserve(elements(shape) * static_cast<int64_t>(sizeof(float)));
  return Tensor::view(block.raw(), shape, row_major_strides(shape), DType::kF32, std::make_shared<Tensor>(block));
}

// `mutex_` is locked.
std::shared_ptr<DeviceMemory::Block> DeviceMemory::block_of(const char* address, int64_t* offset) {
  const auto after = blocks_.upper_bound(address);
  if (after == blocks_.begin()) return nullptr;
  const auto& [first, weak] = *std::prev(after);
  std::shared_ptr<Block> block = weak.lock();
  *offset = address - first;
  return block != nullptr && *offset < block->bytes ? block : nullptr;
}

std::shared_ptr<DeviceMemory::Part> DeviceMemory::part(const Tensor& tensor) {
  const auto* address = static_cast<const char*>(tensor.raw());
  const std::lock_guard<std::mutex> lock(mutex_);
  int64_t offset = 0;
  if (const std::shared_ptr<Block> block = block_of(address, &offset)) {
    LITHE_CHECK(offset + tensor.bytes() <= block->bytes);
    return std::make_shared<Part>(block, device_, offset, tensor.bytes());
  }
  LITHE_CHECK(tensor.row_major());
  const auto block = std::make_shared<Block>(device_, std::max<int64_t>(tensor.bytes(), 1));
  block->uploaded = tensor;
  add(address, block);
  const auto whole = std::make_shared<Part>(block, device_, 0, tensor.bytes());
  send(tensor, *whole);
  return whole;
}

bool DeviceMemory::is_reserved(const Tensor& tensor) {
  const std::lock_guard<std::mutex> lock(mutex_);
  int64_t offset = 0;
  const std::shared_ptr<Block> block = block_of(static_cast<const char*>(tensor.raw()), &offset);
  return block != nullptr && block->reserved != nullptr;
}

std::shared_ptr<void> DeviceMemory::bind(const Tensor& tensor, halide_buffer_t* buffer) {
  std::shared_ptr<Part> lent = part(tensor);
  lent->lend(buffer);
  return lent;
}

void DeviceMemory::send(const Tensor& from, const Part& to) {
  Elements run(as_run(from));
  to.lend(&run.buffer);
  run.buffer.host = static_cast<uint8_t*>(from.raw());
  run.buffer.flags = halide_buffer_flag_host_dirty;
  check(device_, "cannot send data to it",
        [&] { return halide_copy_to_device(nullptr, &run.buffer, interface_of(device_)); });
}

void DeviceMemory::upload(const Tensor& from, const Tensor& to) {
  if (is_reserved(from)) return relayout(from, to);
  if (from.strides() == to.strides() || (from.row_major() && to.row_major())) return send(from, *part(to));
  Tensor ordered(to.shape());
  ordered = Tensor::view(ordered.raw(), to.shape(), to.strides(), to.dtype(), std::make_shared<Tensor>(ordered));
  copy_images(from, ordered);
  send(ordered, *part(to));
}

void DeviceMemory::download(const Tensor& from, const Tensor& to) {
  const bool same_order = from.strides() == to.strides() || (from.row_major() && to.row_major());
  const Tensor received = same_order ? to : Tensor(from.shape());
  const std::shared_ptr<Part> source = part(from);
  Elements run(as_run(received));
  source->lend(&run.buffer);
  run.buffer.host = static_cast<uint8_t*>(received.raw());
  check(device_, "cannot receive data from it", [&] { return halide_copy_to_host(nullptr, &run.buffer); });
  if (same_order) return;
  copy_images(Tensor::view(received.raw(), from.shape(), from.strides(), from.dtype(), nullptr), to);
}

void DeviceMemory::relayout(const Tensor& from, const Tensor& to) {
  const std::shared_ptr<Part> source = part(from), target = part(to);
  Elements x(from), y(to);
  source->lend(&x.buffer);
  target->lend(&y.buffer);
  void* arguments[] = {&x.buffer, &y.buffer};
  call_kernel(find_kernel("relayout", device_), arguments, "relayout");
}

void DeviceMemory::in_cuda_context(const Tensor& tensor, const std::function<void(float*)>& use) {
  LITHE_CHECK(device_ == Device::kCuda && is_reserved(tensor));
  const std::shared_ptr<Part> lent = part(tensor);
  with_cuda_context([&] { use(reinterpret_cast<float*>(lent->row.buffer.device)); });
}

void DeviceMemory::wait() {
  check(device_, "an earlier kernel failed", [&] { return halide_device_sync(nullptr, &anchor_->row.buffer); });
}

}  // namespace lithe
