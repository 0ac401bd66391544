#include "trainers/checkpoint.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/cli/program.h"

namespace lithe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Checkpoint at_step(int64_t step) {
  Checkpoint c;
  c.step = step;
  c.tensors["parameters/w"] = Tensor::of({2}, {static_cast<float>(step), 1});
  c.facts = {{"epoch", std::to_string(step / 10)}};
  return c;
}

class Checkpoints : public testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  const test::Folder root_;
  const std::string path_ = root_ / "run/checkpoints";
  const CheckpointFolder folder_{path_};
  std::vector<std::string> damaged_;
};

TEST_F(Checkpoints, NoneToBeginWith) {
  EXPECT_FALSE(folder_.newest(&damaged_));
  EXPECT_THAT(damaged_, IsEmpty());
}

TEST_F(Checkpoints, TheNewestTwoStay) {
  for (const int64_t step : {9, 10, 100}) folder_.save(at_step(step));
  EXPECT_THAT(names(), ElementsAre("step-0000000010.safetensors", "step-0000000100.safetensors"));
  const auto newest = folder_.newest(&damaged_);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->step, 100);
  EXPECT_EQ(newest->facts, (std::map<std::string, std::string>{{"epoch", "10"}}));
  EXPECT_EQ(newest->tensors.at("parameters/w").data()[0], 100);
  newest->tensors.at("parameters/w").data()[0] = 1;  // writable, unlike the file's own
  folder_.clear();
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Checkpoints, ADamagedOneIsNamedAndTheOneBeforeServes) {
  folder_.save(at_step(1)), folder_.save(at_step(2));
  std::filesystem::resize_file(path_ + "/step-0000000002.safetensors", 20);
  EXPECT_EQ(folder_.newest(&damaged_)->step, 1);
  ASSERT_EQ(damaged_.size(), 1u);
  EXPECT_THAT(damaged_[0], HasSubstr("step-0000000002"));
}

TEST_F(Checkpoints, OtherFilesStay) {
  std::ofstream(path_ + "/notes.txt") << "mine";
  for (const int64_t step : {1, 2, 3}) folder_.save(at_step(step));
  folder_.clear();
  EXPECT_THAT(names(), ElementsAre("notes.txt"));
}

TEST_F(Checkpoints, AreOfOneProcess) {
  try {
    const CheckpointFolder other(path_);
    FAIL() << "two in one folder";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kUsage);
    EXPECT_THAT(e.what(), HasSubstr("another process trains here"));
  }
}

TEST_F(Checkpoints, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(root_ / "file") << "";
  EXPECT_THROW(CheckpointFolder(root_ / "file/checkpoints"), Error);
}

TEST(CheckpointTensors, ComeBackByTheirPrefix) {
  Checkpoint c;
  add_tensors("parameters/", {{"a", Tensor::filled({1}, 1)}, {"b", Tensor::filled({1}, 2)}}, &c);
  add_tensors("parameters2/", {{"c", Tensor::filled({1}, 3)}}, &c);
  const auto back = tensors_under("parameters/", c);
  EXPECT_EQ(back.size(), 2u);
  EXPECT_EQ(back.at("b").data()[0], 2);
  EXPECT_EQ(tensors_under("average/", c).size(), 0u);
}

}  // namespace
}  // namespace lithe
