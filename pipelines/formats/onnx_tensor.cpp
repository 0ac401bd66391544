#include <cstring>

#include "pipelines/core/float32.h"
#include "pipelines/formats/onnx_proto.h"

namespace lithe {
namespace {

constexpr int64_t kMostElements = int64_t{1} << 40;  // so that a count cannot overflow before it is compared

Shape shape_of(const onnx::TensorProto& proto, const std::string& where) {
  Shape shape;
  int64_t count = 1;
  for (const int64_t extent : proto.dims()) {
    if (extent < 0 || (extent > 0 && count > kMostElements / extent)) {
      throw Error(where + ": the extent " + std::to_string(extent) + " is out of range; is the file damaged?");
    }
    count *= extent;
    shape.push_back(extent);
  }
  return shape;
}

// The elements lie in raw_data, or one by one in the field for their type.
template <class T, class Field>
Tensor filled(const onnx::TensorProto& proto, const Field& field, const Shape& shape, DType dtype,
              const std::string& where) {
  const size_t count = static_cast<size_t>(elements(shape));
  const size_t given = proto.has_raw_data() ? proto.raw_data().size() : static_cast<size_t>(field.size()) * sizeof(T);
  if (given != count * sizeof(T)) {
    throw Error(where + ": expected " + std::to_string(count * sizeof(T)) + " bytes for the shape " + to_string(shape) +
                ", got " + std::to_string(given));
  }
  Tensor result(shape, dtype);
  T* to = static_cast<T*>(result.raw());
  if (proto.has_raw_data()) {
    if (count > 0) std::memcpy(to, proto.raw_data().data(), given);
  } else {
    for (int i = 0; i < field.size(); ++i) to[i] = static_cast<T>(field[i]);
  }
  return result;
}

template <class T>
Tensor to_int64(const Tensor& from) {
  Tensor result(from.shape(), DType::kI64);
  for (int64_t i = 0; i < from.size(); ++i) result.data<int64_t>()[i] = static_cast<const T*>(from.raw())[i];
  return result;
}

}  // namespace

Tensor tensor_of(const onnx::TensorProto& proto, const std::string& where) {
  if (proto.data_location() == onnx::TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    throw Error(where + ": its data lie in another file, which is not read; save the model as one file");
  }
  const Shape shape = shape_of(proto, where);
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return filled<float>(proto, proto.float_data(), shape, DType::kF32, where);
    case onnx::TensorProto::DOUBLE:
      return to_float32(filled<double>(proto, proto.double_data(), shape, DType::kF64, where));
    case onnx::TensorProto::FLOAT16:
      return to_float32(filled<uint16_t>(proto, proto.int32_data(), shape, DType::kF16, where));
    case onnx::TensorProto::BFLOAT16:
      return to_float32(filled<uint16_t>(proto, proto.int32_data(), shape, DType::kBF16, where));
    case onnx::TensorProto::INT64:
      return filled<int64_t>(proto, proto.int64_data(), shape, DType::kI64, where);
    case onnx::TensorProto::INT32:
      return to_int64<int32_t>(filled<int32_t>(proto, proto.int32_data(), shape, DType::kI32, where));
    default:
      throw Error(where + ": elements of ONNX type " + std::to_string(proto.data_type()) +
                  " are not read; convert the model to float32");
  }
}

onnx::TensorProto proto_of(const Tensor& tensor, const std::string& name) {
  onnx::TensorProto proto;
  proto.set_name(name);
  for (const int64_t extent : tensor.shape()) proto.add_dims(extent);
  LITHE_CHECK(tensor.dtype() == DType::kF32 || tensor.dtype() == DType::kI64);
  proto.set_data_type(tensor.dtype() == DType::kF32 ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64);
  const Tensor values = tensor.contiguous();
  proto.set_raw_data(values.raw(), static_cast<size_t>(values.bytes()));
  return proto;
}

}  // namespace lithe
