// Whole networks give the processor's answers on every device, and keep their activations there.
#include "pipelines/graph/session.h"
#include "pipelines/model/model.h"
#include "tests/devices/usable.h"

namespace lithe::testing {
namespace {

Tensor noise(const Shape& shape) {
  Tensor images(shape);
  uint32_t state = 1;
  for (int64_t i = 0; i < images.size(); ++i) {
    state = state * 1664525 + 1013904223;
    images.data()[i] = static_cast<float>(state >> 8) / (1 << 23) - 1;
  }
  return images;
}

void compare(const std::string& network, int64_t size) {
  LITHE_NEEDS_A_DEVICE();
  ModelRequest request;
  request.model = network;
  const Model model = load_model(request);
  Shape shape = input_shapes(model.graph, 3).at(0);
  if (size != 0) shape.at(2) = shape.at(3) = size;
  const Tensor images = noise(shape);
  const std::vector<Tensor> expected = Session(model.graph, model.parameters).run({images});
  for (const Device device : usable_devices()) {
    SCOPED_TRACE(name_of(device));
    const Session session(model.graph, model.parameters, {true, device});
    const std::vector<Tensor> outputs = session.run({images}), again = session.run({images.images(1, 1)});
    ASSERT_EQ(outputs.size(), expected.size());
    for (size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_LE(relative_difference(outputs[i], expected[i]), 1e-4);
      EXPECT_EQ(relative_difference(again[i], outputs[i].images(1, 1)), 0) << "a batch changes an image";
    }
  }
}

TEST(NetworksOnDevices, MicroNet) { compare("micronet_m0", 0); }
TEST(NetworksOnDevices, DynamicConvolutionDecomposition) { compare("dcd_mobilenet_v2", 64); }
TEST(NetworksOnDevices, ResNet) { compare("resnet18", 64); }
TEST(NetworksOnDevices, DynamicTransfer) { compare("drt_digits", 0); }

}  // namespace
}  // namespace lithe::testing
