// Checkpoints that PyTorch wrote (make_fixtures.py), in both containers.
#include "pipelines/formats/torch_checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "pipelines/core/file.h"
#include "tests/formats/floats.h"

namespace lithe {
namespace {

using test::floats;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string fixture(const std::string& name) {
  return std::string(LITHE_SOURCE_DIR) + "/tests/formats/data/" + name + ".pth";
}

std::vector<float> counting(int64_t count, float first = 0) {
  std::vector<float> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

std::vector<std::string> names(const std::map<std::string, Tensor>& tensors) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : tensors) result.push_back(name);
  return result;
}

class TorchCheckpointIn : public testing::TestWithParam<const char*> {
 protected:
  TorchCheckpoint read(const std::string& name) { return read_torch_checkpoint(fixture(name + "_" + GetParam())); }
};
INSTANTIATE_TEST_SUITE_P(Container, TorchCheckpointIn, testing::Values("zip", "legacy"));

class Layouts : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Container, Layouts, testing::Values("zip", "legacy", "zip_protocol4", "legacy_protocol4"));

TEST_P(Layouts, AreReadAsPyTorchMeansThem) {
  const TorchCheckpoint checkpoint = read_torch_checkpoint(fixture(std::string("layouts_") + GetParam()));
  const auto& t = checkpoint.tensors;
  EXPECT_THAT(names(t), ElementsAre("channels_last", "empty", "every_second", "expanded", "last_rows", "parameter",
                                    "same", "scalar", "transposed"));
  EXPECT_EQ(t.at("same").shape(), (Shape{4, 6}));
  EXPECT_EQ(floats(t.at("same")), counting(24));
  EXPECT_EQ(t.at("transposed").shape(), (Shape{6, 4}));
  EXPECT_EQ(floats(t.at("transposed"))[1], 6);
  EXPECT_EQ(floats(t.at("transposed"))[4], 1);
  EXPECT_EQ(floats(t.at("every_second")), (std::vector<float>{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}));
  EXPECT_EQ(floats(t.at("last_rows")), counting(12, 12));
  EXPECT_EQ(t.at("channels_last").shape(), (Shape{2, 3, 4, 5}));
  EXPECT_EQ(floats(t.at("channels_last")), counting(120));
  EXPECT_EQ(t.at("empty").shape(), (Shape{0, 3}));
  EXPECT_EQ(t.at("scalar").shape(), Shape{});
  EXPECT_EQ(floats(t.at("scalar")), (std::vector<float>{7}));
  EXPECT_EQ(floats(t.at("parameter")), counting(4));
  EXPECT_EQ(t.at("last_rows").raw(), static_cast<char*>(t.at("same").raw()) + 48) << "shared storages stay shared";
  EXPECT_THAT(checkpoint.placeholders, IsEmpty());
}

TEST_P(TorchCheckpointIn, HasEveryStorageType) {
  const TorchCheckpoint checkpoint = read("types");
  const std::map<std::string, DType> kTypes = {
      {"float16", DType::kF16}, {"bfloat16", DType::kBF16}, {"float32", DType::kF32},
      {"float64", DType::kF64}, {"int8", DType::kI8},       {"int16", DType::kI16},
      {"int32", DType::kI32},   {"int64", DType::kI64},     {"uint8", DType::kU8}};
  for (const auto& [name, dtype] : kTypes) {
    ASSERT_TRUE(checkpoint.tensors.count(name)) << name;
    EXPECT_EQ(checkpoint.tensors.at(name).dtype(), dtype) << name;
    EXPECT_EQ(floats(checkpoint.tensors.at(name)), counting(6)) << name;
  }
  EXPECT_EQ(floats(checkpoint.tensors.at("bool")), (std::vector<float>{1, 0, 1}));
  EXPECT_EQ(checkpoint.tensors.size(), kTypes.size() + 1);
  EXPECT_THAT(checkpoint.unreadable.at("complex64"), HasSubstr("torch.ComplexFloatStorage"));
}

TEST_P(TorchCheckpointIn, TrainingStateIsUnwrapped) {
  const TorchCheckpoint checkpoint = read("training");
  EXPECT_THAT(names(checkpoint.tensors), ElementsAre("0.bias", "0.weight", "1.bias", "1.num_batches_tracked",
                                                     "1.running_mean", "1.running_var", "1.weight"));
  EXPECT_EQ(floats(checkpoint.tensors.at("0.weight")), counting(54));
  EXPECT_EQ(*checkpoint.tensors.at("1.num_batches_tracked").data<int64_t>(), 1);
  EXPECT_EQ(checkpoint.metadata, (std::map<std::string, std::string>{
                                     {"epoch", "12"}, {"arch", "toy"}, {"best_acc", "61.25"}, {"best_prec1", "61.5"}}));
  EXPECT_THAT(checkpoint.placeholders, UnorderedElementsAre("__main__.Recipe", "argparse.Namespace"));
}

TEST_P(TorchCheckpointIn, TheHeadsOfTransferAreTold) {
  const TorchCheckpoint checkpoint = read("adaptation");
  EXPECT_THAT(names(checkpoint.tensors),
              ElementsAre("F1.classifier.1.weight", "F2.classifier.1.weight", "conv1.weight"));
  EXPECT_EQ(floats(checkpoint.tensors.at("conv1.weight")), (std::vector<float>{1, 1}));
  EXPECT_EQ(floats(checkpoint.tensors.at("F1.classifier.1.weight")), (std::vector<float>{2, 2}));
  EXPECT_EQ(floats(checkpoint.tensors.at("F2.classifier.1.weight")), (std::vector<float>{3, 3}));
  EXPECT_EQ(checkpoint.metadata.at("epoch"), "3");
}

TEST_P(TorchCheckpointIn, AWholeNetworkIsRefusedByItsClass) {
  try {
    read("toy");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("\"__main__.Toy\""));
    EXPECT_THAT(error.what(), HasSubstr("model.state_dict()"));
  }
}

TEST_P(TorchCheckpointIn, EveryTruncationIsRefused) {
  const std::string whole = read_file(fixture(std::string("training_") + GetParam()));
  // The last storages belong to the optimiser, but a stream that lacks them is incomplete all the same.
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(parse_torch_checkpoint(std::string_view(whole).substr(0, length), "cut"), Error) << length;
  }
}

TEST_P(TorchCheckpointIn, NoFlippedByteDoesMoreThanThrow) {
  const std::string whole = read_file(fixture(std::string("layouts_") + GetParam()));
  int refused = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
    try {
      for (const auto& [name, tensor] : parse_torch_checkpoint(damaged, "damaged").tensors) to_float32(tensor);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput) << i << ": " << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

TEST(TorchCheckpoint, OtherFilesAreRefusedByWhatTheyAre) {
  const auto refusal = [](const std::string& bytes) -> std::string {
    try {
      parse_torch_checkpoint(bytes, "file.pth");
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  EXPECT_THAT(refusal(tar), HasSubstr("tar archive of PyTorch 0.1"));
  EXPECT_THAT(refusal(""), HasSubstr("expected a PyTorch checkpoint"));
  EXPECT_THAT(refusal("\x7f"
                      "ELF"),
              HasSubstr("file.pth: expected a PyTorch checkpoint"));
  EXPECT_THAT(refusal("PK\x03\x04 nothing"), HasSubstr("zip archive"));
}

}  // namespace
}  // namespace lithe
