#include "pipelines/formats/onnx_signature.h"

#include <set>

#include "pipelines/formats/onnx_proto.h"

namespace lithe {

Shape onnx_image_shape(std::string_view bytes, const std::string& where) {
  const onnx::ModelProto model = parse_model(bytes, where);
  std::set<std::string> initializers;  // files of early versions list them among the inputs
  for (const onnx::TensorProto& tensor : model.graph().initializer()) initializers.insert(tensor.name());
  Shape found;
  int count = 0;
  for (const onnx::ValueInfoProto& input : model.graph().input()) {
    if (initializers.count(input.name()) != 0) continue;
    ++count;
    found.clear();
    for (const auto& dimension : input.type().tensor_type().shape().dim()) {
      found.push_back(std::max<int64_t>(dimension.dim_value(), 0));
    }
  }
  if (count != 1 || found.size() != 4) {
    throw Error(where + ": expected one input N C H W, found " + std::to_string(count) + " inputs" +
                (count == 1 ? " of shape " + to_string(found) : ""));
  }
  return found;
}

}  // namespace lithe
