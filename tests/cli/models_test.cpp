// `lithe run`, `export` and `import`: the program's answers against the library's.
#include <gmock/gmock.h>

#include "pipelines/core/float32.h"
#include "pipelines/formats/safetensors.h"
#include "pipelines/graph/session.h"
#include "pipelines/model/model.h"
#include "tests/cli/program.h"
#include "tests/formats/pickle_writer.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

constexpr char kSmall[] = " --set input_size=64 --set classes=7 ";

class Models : public testing::Test {
 protected:
  Models() {
    Tensor images({2, 3, 64, 64});
    for (int64_t i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(i * 7919 % 1000) / 500 - 1;
    write_safetensors(in_, {{"input", images}});
  }
  Tensor run(const std::string& options) const {
    const Outcome outcome = shell("lithe run --input " + in_ + " --output " + out_ + " " + options);
    EXPECT_EQ(outcome.code, 0) << options << "\n" << outcome.err;
    return read_safetensors(out_).tensors.at("output").clone();
  }
  Folder folder_;
  const std::string in_ = folder_ / "in.safetensors", out_ = folder_ / "out.safetensors";
};

TEST_F(Models, RunGivesWhatTheLibraryGives) {
  const Tensor program = run(std::string("--model micronet_m0 --seed 3") + kSmall);
  ModelRequest request;
  request.model = "micronet_m0";
  request.options = {{"input_size", "64"}, {"classes", "7"}};
  request.seed = 3;
  const Model model = load_model(request);
  const Tensor input = read_safetensors(in_).tensors.at("input");
  const Tensor library = Session(model.graph, model.parameters).run({input}).front();
  EXPECT_EQ(program.shape(), (Shape{2, 7}));
  EXPECT_EQ(relative_difference(program, library), 0);
}

TEST_F(Models, RunWritesIntermediateValues) {
  const Tensor rewritten = run(std::string("--model resnet18") + kSmall);
  const Tensor output = run(std::string("--model resnet18 --value layer1.0.conv1 --value layer4.1.conv2") + kSmall);
  const auto tensors = read_safetensors(out_).tensors;
  EXPECT_LT(relative_difference(rewritten, output), 1e-4);
  EXPECT_EQ(tensors.at("layer1.0.conv1").shape(), (Shape{2, 64, 16, 16}));
  EXPECT_EQ(tensors.at("layer4.1.conv2").shape(), (Shape{2, 512, 2, 2}));
  const Outcome unknown =
      shell("lithe run --model resnet18 --value layer1.0.conv3 --input " + in_ + " --output " + out_);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean \"layer1.0.conv"));
}

TEST_F(Models, RunNamesWhatTheInputLacks) {
  write_safetensors(in_, {{"image", Tensor::filled({1, 3, 64, 64}, 0)}});
  const Outcome outcome = shell("lithe run --model micronet_m0 --input " + in_ + " --output " + out_);
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("\"input\""));
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(Models, ExportAndImportKeepTheOutputs) {
  const std::string onnx = folder_ / "m.onnx", lithe = folder_ / "m.safetensors", labels = folder_ / "labels.txt";
  const Tensor native = run(std::string("--model mobilenet_v2") + kSmall + "--set width=0.25");
  EXPECT_EQ(shell(std::string("lithe export mobilenet_v2 --output ") + onnx + kSmall + "--set width=0.25").code, 0);
  EXPECT_LT(relative_difference(run("--model " + onnx), native), 1e-4);
  std::ofstream(labels) << "a\nb\nc\nd\ne\nf\r\ng\n";
  const Outcome import = shell("lithe import " + onnx + " --labels " + labels + " --licence MIT --output " + lithe);
  EXPECT_EQ(import.code, 0) << import.err;
  EXPECT_LT(relative_difference(run("--model " + lithe), native), 1e-4);
  ModelRequest request;
  request.model = lithe;
  const Model model = load_model(request);
  EXPECT_EQ(model.licence, "MIT");
  EXPECT_THAT(model.labels, testing::ElementsAre("a", "b", "c", "d", "e", "f", "g"));
  EXPECT_EQ(model.preprocessing.crop_width, 64);
  std::ofstream(labels) << "too few\n";
  EXPECT_EQ(shell("lithe import " + onnx + " --labels " + labels + " --output " + lithe).code, 4);
}

TEST_F(Models, ExportHalvesALitheFile) {
  const std::string whole = folder_ / "whole.safetensors", half = folder_ / "half.safetensors";
  const std::string model = std::string("lithe export micronet_m0 --seed 3") + kSmall;
  ASSERT_EQ(shell(model + "--output " + whole).code, 0);
  ASSERT_EQ(shell(model + "--weights-precision f16 --output " + half).code, 0);
  EXPECT_LT(std::filesystem::file_size(half), 0.55 * static_cast<double>(std::filesystem::file_size(whole)));
  const SafetensorsFile exact = read_safetensors(whole);
  for (const auto& [name, tensor] : read_safetensors(half).tensors) {
    const Tensor& given = exact.tensors.at(name);
    if (tensor.rank() < 2) {
      EXPECT_EQ(relative_difference(tensor, given), 0) << name;
    } else {
      EXPECT_EQ(tensor.dtype(), DType::kF16) << name;
      EXPECT_LT(relative_difference(to_float32(tensor), given), 1 / 2048.0) << name;
    }
  }
  EXPECT_LT(relative_difference(run("--model " + half), run("--model " + whole)), 0.05);
  EXPECT_EQ(shell(model + "--weights-precision f16 --output " + std::string(folder_ / "m.onnx")).code, 2);
}

// A checkpoint as torch.save writes it: all parameters in one storage, wrapped as training scripts do.
std::string checkpoint_of(const Parameters& parameters) {
  std::string storage;
  std::vector<std::string> entries;
  const auto size = [&] { return static_cast<int64_t>(storage.size() / sizeof(float)); };
  int64_t count = 0;
  for (const auto& [name, value] : parameters) count += value.size();
  for (const auto& [name, value] : parameters) {
    entries.push_back(pickled::text("module." + name));
    entries.push_back(pickled::tensor(pickled::storage("0", count), size(), value.shape(), value.strides()));
    storage.append(reinterpret_cast<const char*>(value.data()), static_cast<size_t>(value.bytes()));
  }
  entries.push_back(pickled::text("module.teacher.weight"));
  entries.push_back(pickled::tensor(pickled::storage("0", count), 0, {2}, {1}));
  const std::string recipe = pickled::call(pickled::global("recipes", "Recipe"), {});
  return pickled::checkpoint(
      pickled::dictionary({pickled::text("state_dict"), pickled::dictionary(entries), pickled::text("recipe"), recipe}),
      storage);
}

TEST_F(Models, ImportReadsRanksAndClassesFromShapes) {
  const std::string pth = folder_ / "m.pth", lithe = folder_ / "m.safetensors";
  ModelRequest request;
  request.model = "covnorm_vgg16";
  request.options = {{"width", "0.03"}, {"input_size", "64"}, {"classes", "7"}};
  request.options["ranks"] = "2x1,1x2,3x2,2x3,4x5,5x4,4x4,2x2,3x3,4x4,5x5,6x6,7x7,8x8,9x10";
  const Model model = load_model(request);
  std::ofstream(pth, std::ios::binary) << checkpoint_of(model.parameters);
  const Outcome import = shell("lithe import " + pth + " --network covnorm_vgg16 --set width=0.03 --set input_size=64" +
                               " --output " + lithe);
  EXPECT_EQ(import.code, 0) << import.err;
  request = {};
  request.model = lithe;
  EXPECT_EQ(load_model(request).hash, model.hash);
}

TEST_F(Models, ImportTakesACheckpointAndReportsTheRest) {
  const std::string pth = folder_ / "m.pth", lithe = folder_ / "m.safetensors";
  ModelRequest request;
  request.model = "micronet_m0";
  request.options = {{"input_size", "64"}, {"classes", "7"}};
  std::ofstream(pth, std::ios::binary) << checkpoint_of(load_model(request).parameters);
  const Outcome import = shell("lithe import " + pth + " --network micronet_m0 --output " + lithe + kSmall);
  EXPECT_EQ(import.code, 0) << import.err;
  EXPECT_THAT(import.err, HasSubstr("recipes.Recipe"));
  EXPECT_THAT(import.err, HasSubstr("teacher.weight"));
  EXPECT_EQ(relative_difference(run("--model " + lithe), run(std::string("--model micronet_m0") + kSmall)), 0);
  const Outcome other = shell("lithe import " + pth + " --network resnet18 --output " + out_ + kSmall);
  EXPECT_EQ(other.code, 4);
  EXPECT_THAT(other.err, HasSubstr("tensors that the file holds"));
}

TEST_F(Models, ImportNeedsTheNetworkOfACheckpoint) {
  const Outcome outcome = shell("lithe import weights.pth --output " + out_);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--network is missing"));
}

TEST(Parity, WithTheReferenceImplementation) {
  const char* data = std::getenv("LITHE_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "LITHE_TEST_DATA is not set";
  const Folder folder;
  for (const std::string network : {"micronet_m0", "micronet_m3"}) {
    const std::string stored = std::string(data) + "/parity/" + network, out = folder / "out.safetensors";
    const Outcome outcome = shell("lithe run --model " + network + " --weights " + stored + ".safetensors --input " +
                                  stored + ".io.safetensors --output " + out);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const Tensor expected = read_safetensors(stored + ".io.safetensors").tensors.at("output");
    EXPECT_LT(relative_difference(read_safetensors(out).tensors.at("output"), expected), 1e-4) << network;
  }
}

}  // namespace
}  // namespace lithe::test
