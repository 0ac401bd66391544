// Whole networks give the processor's answers on every device, and keep their activations there.
#include "pipelines/graph/device_memory.h"
#include "pipelines/graph/profile.h"
#include "pipelines/graph/session.h"
#include "pipelines/model/model.h"
#include "pipelines/networks/calibrate.h"
#include "tests/devices/usable.h"
#include "tests/graph/small_network.h"

namespace lithe::test {
namespace {

void compare(const std::string& network, int64_t size) {
  LITHE_NEEDS_A_DEVICE();
  ModelRequest request;
  request.model = network;
  const Model model = load_model(request);
  Shape shape = input_shapes(model.graph, 3).at(0);
  if (size != 0) shape.at(2) = shape.at(3) = size;
  const Tensor images = noise_images(shape[0], shape[1], shape[2], shape[3], 1);
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

TEST(NetworksOnDevices, TakeImagesThatLieThereAlready) {
  LITHE_NEEDS_A_DEVICE();
  const SmallNetwork network = small_network();
  const Tensor images = random_tensor({3, 3, 9, 11}, 2);
  for (const Device device : usable_devices()) {
    const Session session(network.graph, network.parameters, {true, device});
    const Tensor there = session.device()->reserve(images.shape());
    session.device()->upload(images, there);
    EXPECT_EQ(relative_difference(session.run({there}).front(), session.run({images}).front()), 0);
  }
}

TEST(NetworksOnDevices, GiveParametersThatAreOutputs) {
  LITHE_NEEDS_A_DEVICE();
  SmallNetwork network = small_network();
  network.graph.outputs.push_back(network.graph.find("fc.weight"));
  for (const Device device : usable_devices()) {
    const Session session(network.graph, network.parameters, {true, device});
    const Tensor given = session.run({random_tensor({3, 3, 9, 11}, 2)}).at(1);
    EXPECT_EQ(relative_difference(given, network.parameters.at("fc.weight")), 0);
  }
}

TEST(NetworksOnDevices, HaveNoTimesOfSingleSteps) {
  LITHE_NEEDS_A_DEVICE();
  const SmallNetwork network = small_network();
  for (const Device device : usable_devices()) {
    const Session session(network.graph, network.parameters, {true, device});
    try {
      profile(session, {random_tensor({1, 3, 9, 11}, 2)}, 1);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
    }
  }
}

TEST(NetworksOnDevices, MicroNet) { compare("micronet_m0", 0); }
TEST(NetworksOnDevices, DynamicConvolutionDecomposition) { compare("dcd_mobilenet_v2", 64); }
TEST(NetworksOnDevices, ResNet) { compare("resnet18", 64); }
TEST(NetworksOnDevices, DynamicTransfer) { compare("drt_resnet18", 64); }

}  // namespace
}  // namespace lithe::test
