#include "pipelines/formats/torch_tensor.h"

#include <algorithm>
#include <optional>

#include "pipelines/core/error.h"
#include "pipelines/formats/text.h"

namespace lithe::torch {
namespace {

constexpr std::size_t kMaxRank = 64;  // PyTorch's own limit

bool is_call(const Value& value, std::string_view function, std::size_t arguments) {
  return value.kind == Kind::kObject && value.text == function && value.items[0]->items.size() >= arguments;
}

// _rebuild_tensor(storage, first element, shape, strides); v2 adds what only training needs.
bool is_plain_tensor(const Value& value) {
  return is_call(value, "torch._utils._rebuild_tensor_v2", 4) || is_call(value, "torch._utils._rebuild_tensor", 4);
}

// The tensor inside of _rebuild_parameter(tensor, requires_grad, hooks).
const Value& without_parameter(const Value& value) {
  return is_call(value, "torch._utils._rebuild_parameter", 1) ? *value.items[0]->items[0] : value;
}

// The numbers of a tuple or of torch.Size(tuple); none if it is anything else.
std::optional<Shape> parse_shape(const Value& value) {
  const Value& tuple = is_call(value, "torch.Size", 1) ? *value.items[0]->items[0] : value;
  if (tuple.kind != Kind::kTuple || tuple.items.size() > kMaxRank) return std::nullopt;
  Shape shape;
  for (const Value* item : tuple.items) {
    if (item->kind != Kind::kInteger || item->integer < 0) return std::nullopt;
    shape.push_back(item->integer);
  }
  return shape;
}

// Whether every element lies in the first `count` elements, and there are not more of them than that.
bool fits(const Shape& shape, const Shape& strides, int64_t first, int64_t count) {
  int64_t size = 1, last = first;
  bool empty = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    int64_t step = 0;
    const int64_t extent = std::max<int64_t>(shape[i], 1);
    empty = empty || shape[i] == 0;
    if (__builtin_mul_overflow(size, extent, &size) || __builtin_mul_overflow(extent - 1, strides[i], &step) ||
        __builtin_add_overflow(last, step, &last)) {
      return false;
    }
  }
  return empty ? first <= count : last < count && size <= count;
}

}  // namespace

bool is_tensor(const Value& value) { return is_plain_tensor(without_parameter(value)); }

bool is_known(const std::string& global) {
  for (const char* known : {"collections.OrderedDict", "torch._utils._rebuild_tensor_v2",
                            "torch._utils._rebuild_tensor", "torch._utils._rebuild_parameter", "torch.Size"}) {
    if (global == known) return true;
  }
  return is_storage_type(global);
}

Tensor TensorReader::read(const Value& value, const std::string& name, std::string* reason) {
  const auto check = [&](bool condition, const std::string& what) {
    if (!condition) throw Error(ErrorKind::kInput, where_ + ": tensor " + printable(name) + ": " + what);
  };
  const std::vector<const Value*>& arguments = without_parameter(value).items[0]->items;
  check(arguments[0]->kind == Kind::kPersistent && arguments[1]->kind == Kind::kInteger,
        "expected a storage and an offset; is the file damaged?");
  const Storage storage = parse_storage(*arguments[0], where_);
  if (!storage.dtype) {
    *reason = "elements of " + storage.type + " are not supported";
    return {};
  }
  const int64_t first = arguments[1]->integer;
  const std::optional<Shape> shape = parse_shape(*arguments[2]), strides = parse_shape(*arguments[3]);
  check(shape && strides && shape->size() == strides->size(),
        "expected a shape and as many strides, all not negative; is the file damaged?");
  check(first >= 0 && fits(*shape, *strides, first, storage.count),
        "shape " + to_string(*shape) + ", strides " + to_string(*strides) + " from element " + std::to_string(first) +
            " do not fit in a storage of " + std::to_string(storage.count) +
            " elements; save it with .contiguous() if it was expanded");
  remaining_ -= elements(*shape) * storage.element_size;
  check(remaining_ >= 0, "the tensors of the file are many times larger than the file");

  if (elements(*shape) == 0) return Tensor(*shape, *storage.dtype);  // its storage may have no memory to point at

  auto& [bytes, memory] = storages_[storage.key];
  const int64_t expected = storage.elements * storage.element_size;
  if (memory == nullptr) bytes = expected, memory = archive_->load(storage);
  check(bytes == expected, "its storage is described in two ways; is the file damaged?");
  char* data = static_cast<char*>(memory.get()) + (storage.first + first) * storage.element_size;
  return Tensor::view(data, *shape, *strides, *storage.dtype, memory);
}

}  // namespace lithe::torch
