// Models in and out of files.

#include "pipelines/model/model.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "pipelines/core/file.h"
#include "pipelines/formats/onnx_export.h"
#include "pipelines/formats/safetensors.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

class ModelFile : public testing::Test {
 protected:
  ModelFile() { std::filesystem::create_directories(folder_); }
  ~ModelFile() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_ = testing::TempDir() + "lithe_model_" + std::to_string(::getpid());
};

ModelRequest request_for(const std::string& model, const std::string& weights = {}) {
  ModelRequest request;
  request.model = model;
  request.weights = weights;
  return request;
}

Model small_micronet() {
  ModelRequest request = request_for("micronet_m0");
  request.options = {{"classes", "3"}};
  return load_model(request);
}

std::string message(const ModelRequest& request) {
  try {
    load_model(request);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST_F(ModelFile, BringsEverythingBack) {
  Model model = small_micronet();
  model.labels = {"cat", "dog", "\"quoted\"\n"};
  model.licence = "CC0-1.0";
  model.recipe = "two epochs";
  model.preprocessing = preprocessing_preset("caffe", 96, 128);
  save_model(model, path("m.safetensors"));
  const Model back = load_model(request_for(path("m.safetensors")));
  EXPECT_EQ(back.network, "micronet_m0");
  EXPECT_EQ(back.options.at("classes"), "3");
  EXPECT_EQ(back.labels, model.labels);
  EXPECT_EQ(back.licence, model.licence);
  EXPECT_EQ(back.recipe, model.recipe);
  EXPECT_EQ(to_json(back.preprocessing), to_json(model.preprocessing));
  EXPECT_EQ(back.hash, model.hash);
  for (const auto& [name, tensor] : model.parameters) {
    EXPECT_EQ(relative_difference(back.parameters.at(name), tensor), 0) << name;
  }
}

TEST_F(ModelFile, OptionsAndLabelsComeWithTheWeights) {
  Model model = small_micronet();
  model.labels = {"a", "b", "c"};
  save_model(model, path("m.safetensors"));
  const Model same = load_model(request_for("micronet_m0", path("m.safetensors")));
  EXPECT_EQ(same.hash, model.hash);
  EXPECT_EQ(same.labels, model.labels);
}

TEST_F(ModelFile, HoldsAnImportedGraph) {
  const Model network = load_model(request_for("mobilenet_v2"));
  write_file(path("m.onnx"), export_onnx(network.graph, network.parameters));
  const Model onnx = load_model(request_for(path("m.onnx")));
  EXPECT_EQ(onnx.network, "graph");
  save_model(onnx, path("m.safetensors"));
  const Model back = load_model(request_for(path("m.safetensors")));
  EXPECT_EQ(back.hash, onnx.hash);
  const Tensor image = noise_images(1, 3, 224, 224, 3);
  EXPECT_LE(relative_difference(Session(back.graph, back.parameters).run({image})[0],
                                Session(network.graph, network.parameters).run({image})[0]),
            1e-5);
}

TEST_F(ModelFile, HashTellsWeightsApart) {
  ModelRequest request = request_for("micronet_m0");
  const std::string first = load_model(request).hash;
  EXPECT_EQ(load_model(request).hash, first);
  request.seed = 2;
  EXPECT_NE(load_model(request).hash, first);
}

TEST_F(ModelFile, SaysWhatDoesNotFit) {
  const Model model = small_micronet();
  write_safetensors(path("bare.safetensors"), model.parameters);
  EXPECT_NE(message(request_for(path("bare.safetensors"))).find("--model NETWORK --weights"), std::string::npos);
  EXPECT_NE(message(request_for("micronet_m9")).find("micronet_m"), std::string::npos);
  EXPECT_NE(message(request_for("net.pth")).find("lithe import"), std::string::npos);
  EXPECT_NE(message(request_for(path("missing.onnx"))).find("No such file"), std::string::npos);
  write_safetensors(
      path("later.safetensors"), model.parameters,
      {{"lithe.version", "2"}, {"lithe.network", "micronet_m0"}, {"lithe.options", "{\"classes\": \"3\"}"}});
  EXPECT_NE(message(request_for(path("later.safetensors"))).find("newer Lithe"), std::string::npos);
  write_safetensors(
      path("labels.safetensors"), model.parameters,
      {{"lithe.network", "micronet_m0"}, {"lithe.options", "{\"classes\": \"3\"}"}, {"lithe.labels", "[\"a\"]"}});
  EXPECT_NE(message(request_for(path("labels.safetensors"))).find("1 labels for 3 classes"), std::string::npos);
}

// trainers/weights/README.md says how accurate it is.
TEST(ShippedWeights, NameTheirNetworkAndClasses) {
  const Model model =
      load_model(request_for(std::string(LITHE_SOURCE_DIR) + "/trainers/weights/micronet_fashion_mnist.safetensors"));
  EXPECT_EQ(model.network, "micronet_m1");
  EXPECT_EQ(model.graph.parameter_count(), 824217);
  ASSERT_EQ(model.labels.size(), 10u);
  EXPECT_EQ(model.labels[9], "Ankle boot");
  EXPECT_EQ(model.preprocessing.crop_width, 32);
}

TEST(Preprocessing, PresetsScaleWithTheImage) {
  EXPECT_EQ(preprocessing_preset("imagenet", 224, 224).resize_to, 256);
  EXPECT_EQ(preprocessing_preset("imagenet", 128, 128).resize_to, 146);
  EXPECT_THROW(preprocessing_preset("imagenett"), Error);
  for (const std::string& name : preprocessing_presets()) {
    const Preprocessing p = preprocessing_preset(name, 192, 160);
    EXPECT_EQ(to_json(preprocessing_from_json(to_json(p), "here")), to_json(p));
  }
}

TEST(Preprocessing, RefusesWhatNoImageCouldBePreparedWith) {
  std::string json = to_json(preprocessing_preset("unit"));
  EXPECT_NO_THROW(preprocessing_from_json(json, "here"));
  for (const auto& [from, to] :
       {std::pair{"256", "-1"}, {"\"rgb\"", "\"rgbb\""}, {"[255.0", "[0.0"}, {"\"mean\"", "\"men\""}}) {
    std::string damaged = json;
    const size_t at = damaged.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    damaged.replace(at, std::string(from).size(), to);
    EXPECT_THROW(preprocessing_from_json(damaged, "here"), Error) << damaged;
  }
}

}  // namespace
}  // namespace lithe
