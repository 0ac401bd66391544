// Adaptation between generated domains, from first weights to a model file.
#include "trainers/drt.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "pipelines/core/file.h"
#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"
#include "pipelines/model/model.h"
#include "tests/cli/program.h"
#include "tests/datasets/folder.h"
#include "tests/trainers/stop_after.h"

namespace lithe {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kSide = 16;

// Classes: the bright side of an image is the left, the right, the upper or the lower one. Domains differ in background
// and contrast.
void write_domain(const std::string& folder, int images, int classes, int background, int contrast, uint64_t seed) {
  const RandomStream random(seed, "domain");
  std::vector<int> pixels, labels;
  for (int i = 0; i < images; ++i) {
    const int label = i % classes;
    labels.push_back(label);
    for (int p = 0; p < kSide * kSide; ++p) {
      const int x = p % kSide, y = p / kSide, half = kSide / 2;
      const bool bright = label == 0 ? x < half : label == 1 ? x >= half : label == 2 ? y < half : y >= half;
      pixels.push_back(background + static_cast<int>(random.bits(pixels.size()) % 40) + (bright ? contrast : 0));
    }
  }
  std::filesystem::create_directories(folder);
  write_file(folder + "/train-images-idx3-ubyte", test::idx({images, kSide, kSide}, pixels));
  write_file(folder + "/train-labels-idx1-ubyte", test::idx({images}, labels));
}

class Drt : public testing::Test {
 protected:
  Drt() {
    write_domain(folder_ / "dark", 120, 4, 0, 150, 1);
    write_domain(folder_ / "middle", 80, 4, 60, 100, 2);
    write_domain(folder_ / "bright", 100, 4, 120, 70, 3);
    options_.source = {{"dark", folder_ / "dark"}, {"middle", folder_ / "middle"}};
    options_.target = {{"bright", folder_ / "bright"}};
    options_.model = "drt_digits", options_.set = {{"width", "0.25"}, {"head_width", "16"}, {"dropout", "0.1"}};
    options_.output = folder_ / "run";
    options_.epochs = 3, options_.batch = 16, options_.steps = 6, options_.st_epochs = 2;
    options_.learning_rate.lr = 0.05, options_.learning_rate.schedule = "cosine";
    options_.trunk_lr = 1, options_.discrepancy = 1, options_.reversal = 1;
  }
  ~Drt() override { set_threads(0); }

  DrtSummary adapt() {
    NoProgress silent;
    return adapt_drt(options_, silent);
  }
  std::string failure() {
    try {
      adapt();
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }
  std::string file(const std::string& name) const { return read_file(options_.output + "/" + name); }

  const test::Folder folder_;
  DrtOptions options_;
};

class DrtMethod : public Drt, public testing::WithParamInterface<std::string> {};

TEST_P(DrtMethod, LearnsAndReports) {
  options_.method = GetParam(), options_.steps = 10;
  const DrtSummary summary = adapt();
  const size_t adapted = 3, all = options_.method == "drt+st" ? 5 : 3;
  ASSERT_EQ(summary.epochs.size(), all);
  EXPECT_LT(summary.epochs[adapted - 1].source_loss, summary.epochs[0].source_loss);
  EXPECT_GT(summary.epochs[adapted - 1].source_top1, 0.35);  // chance: 0.25
  EXPECT_GT(summary.epochs[0].peak_bytes, 0);
  EXPECT_EQ(summary.target_split, "the images adapted to");
  ASSERT_EQ(summary.stages.size(), all > adapted ? 2u : 1u);
  EXPECT_FALSE(summary.stages[0].oracle);
  EXPECT_THAT(file("metrics.csv"), HasSubstr("stage,epoch,lr,loss"));
  const auto json = nlohmann::json::parse(file("summary.json"));
  ASSERT_EQ(json["stages"].size(), summary.stages.size());
  EXPECT_EQ(json["stages"][0]["epochs"], adapted);
  EXPECT_EQ(json["stages"][0]["kept"]["top1"], summary.stages[0].kept.top1->value);
  EXPECT_EQ(json["stages"].back()["kept"]["top1"], json["target"]["top1"]);
  EXPECT_THAT(file("summary.json"), Not(HasSubstr("ORACLE")));
  const std::string drawing = file("embedding.svg");
  EXPECT_THAT(drawing, testing::StartsWith("<svg xmlns="));
  EXPECT_GT(std::count(drawing.begin(), drawing.end(), '<'), 2 * 100) << "two circles for every target image";
  if (all > adapted) {
    EXPECT_THAT(file("pseudo_labels.csv"), HasSubstr("image,class,confidence,used"));
  }
  ModelRequest request;
  request.model = options_.output + "/best.safetensors";
  EXPECT_EQ(load_model(request).labels.size(), 4u);
}

INSTANTIATE_TEST_SUITE_P(All, DrtMethod, testing::Values("source-only", "dann", "mcd", "drt", "drt+st"));

TEST_F(Drt, ThreadsDoNotChangeBits) {
  options_.epochs = 1, options_.threads = 1;
  adapt();
  const std::string one = file("best.safetensors");
  options_.threads = 2, options_.output = folder_ / "two";
  adapt();
  EXPECT_EQ(one, file("best.safetensors"));
}

TEST_F(Drt, AnInterruptedRunEndsWithTheBitsOfAnother) {
  for (const std::string method : {"drt+st", "dann", "mcd"}) {
    options_.method = method, options_.epochs = 2, options_.output = folder_ / method;
    adapt();
    const std::string whole = file("best.safetensors");
    options_.output = folder_ / method + "-stopped";
    for (const int64_t steps : {3, 8, 9, 8}) {  // in either epoch of adapting, then of self-training
      test::StopAfter stop(steps);
      if (!adapt_drt(options_, stop).interrupted) {
        EXPECT_NE(method, "drt+st") << steps;
      }
    }
    const DrtSummary summary = adapt();
    EXPECT_FALSE(summary.interrupted);
    EXPECT_EQ(whole, file("best.safetensors")) << method;
  }
}

TEST_F(Drt, TheOracleStandsBesideAndIsStamped) {
  options_.method = "drt+st";
  adapt();
  const std::string plain = file("best.safetensors");
  options_.oracle = true, options_.output = folder_ / "oracle";
  const DrtSummary summary = adapt();
  EXPECT_EQ(plain, file("best.safetensors")) << "it changes nothing else";
  const auto stages = nlohmann::json::parse(file("summary.json"))["stages"];
  ASSERT_EQ(stages.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(summary.stages[i].oracle);
    const DrtChoice& oracle = *summary.stages[i].oracle;
    EXPECT_GE(oracle.epoch.oracle_top1, summary.stages[i].kept.epoch.oracle_top1);
    EXPECT_EQ(stages[i]["ORACLE"]["top1"], oracle.top1->value);
    EXPECT_EQ(stages[i]["ORACLE"]["epoch"], oracle.epoch.epoch);
    // The images adapted to are those that it was chosen by, here.
    EXPECT_NEAR(oracle.top1->value, oracle.epoch.oracle_top1, 1e-9);
    ModelRequest request;
    request.model = options_.output + "/" + summary.stages[i].stage + ".ORACLE.safetensors";
    EXPECT_THAT(load_model(request).source, HasSubstr("ORACLE"));
  }
}

TEST_F(Drt, ATargetWithoutClassesIsEnough) {
  write_domain(folder_ / "plain", 40, 1, 100, 80, 9);
  options_.target = {{"plain", folder_ / "plain"}}, options_.epochs = 1;
  EXPECT_THAT(failure(), HasSubstr("target plain: its classes are not those of dark: it lacks \"1\", \"2\", \"3\""));
  options_.unlabelled_target = true;
  const DrtSummary summary = adapt();
  EXPECT_FALSE(summary.stages[0].kept.top1);
  EXPECT_FALSE(nlohmann::json::parse(file("summary.json")).contains("target"));
  options_.oracle = true;
  EXPECT_THAT(failure(), HasSubstr("--oracle needs a target with labels"));
}

TEST_F(Drt, PatternsNameParametersOfEitherPart) {
  options_.epochs = 1, options_.steps = 2;
  options_.optimizer.lr_scale = {{"layer*.fc.*", "10"}}, options_.optimizer.no_decay = {"F1.*", "*.bias"};
  EXPECT_EQ(failure(), "no error");
  options_.optimizer.no_decay = {"F3.*"}, options_.output = folder_ / "other";
  EXPECT_THAT(failure(), HasSubstr("no parameter fits \"F3.*\""));
}

TEST_F(Drt, CollapseIsTold) {
  options_.epochs = 1, options_.steps = 1, options_.learning_rate.lr = 1e-9;  // first weights give one class
  class Listener final : public Progress {
   public:
    void begin(int64_t, int64_t) override {}
    void advance(int64_t, int64_t) override {}
    void message(const std::string& text) override { all += text; }
    bool interrupted() const override { return false; }
    std::string all;
  } listener;
  const DrtSummary summary = adapt_drt(options_, listener);
  EXPECT_EQ(summary.collapsed, listener.all.find("collapsed") != std::string::npos);
  EXPECT_TRUE(summary.collapsed);
  EXPECT_THAT(listener.all, HasSubstr("the sources are to be learnt first"));
}

TEST_F(Drt, WhatStandsIsReportedBeforeSelfTrainingFails) {
  options_.method = "drt+st", options_.batch = 64, options_.epochs = 1, options_.steps = 1;
  options_.learning_rate.lr = 1e-9;  // so unsure that it takes the better half of the 100 images
  EXPECT_THAT(failure(), HasSubstr("fewer than one --batch of 64"));
  EXPECT_EQ(nlohmann::json::parse(file("summary.json"))["stages"].size(), 1u);
}

TEST_F(Drt, FreshForgetsTheFilesOfAnotherMethod) {
  options_.method = "drt+st", options_.oracle = true, options_.epochs = options_.st_epochs = 1;
  adapt();
  EXPECT_TRUE(std::filesystem::exists(options_.output + "/self-train.safetensors"));
  options_.method = "source-only", options_.oracle = false, options_.fresh = true;
  adapt();
  for (const char* const name : {"self-train.safetensors", "adapt.ORACLE.safetensors", "pseudo_labels.csv"}) {
    EXPECT_FALSE(std::filesystem::exists(options_.output + "/" + name)) << name;
  }
  EXPECT_EQ(nlohmann::json::parse(file("summary.json"))["stages"].size(), 1u);
}

TEST_F(Drt, WhatDoesNotFitIsNamed) {
  const DrtOptions good = options_;
  const auto message = [&](const std::function<void(DrtOptions&)>& change) {
    options_ = good;
    change(options_);
    return failure();
  };
  write_domain(folder_ / "tiny", 8, 4, 0, 100, 4);
  EXPECT_THAT(message([&](auto& o) { o.target = {{"tiny", folder_ / "tiny"}}; }), HasSubstr("has 8 images"));
  EXPECT_THAT(message([&](auto& o) { o.target["two"] = folder_ / "tiny"; }), HasSubstr("expected one domain"));
  EXPECT_THAT(message([&](auto& o) { o.source["bright"] = folder_ / "dark"; }), HasSubstr("this is the target's name"));
  EXPECT_THAT(message([&](auto& o) { o.source["none"] = folder_ / "none"; }), HasSubstr("none: no such file"));
  EXPECT_THAT(message([](auto& o) { o.model = "resnet8", o.set = {}; }), HasSubstr("no two heads"));
  EXPECT_THAT(message([](auto& o) { o.batch = 1; }), HasSubstr("--batch"));
  EXPECT_THAT(message([](auto& o) { o.st_confidence = 0; }), HasSubstr("--st-confidence"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run")) << "wrong options write nothing";
  EXPECT_THAT(message([](auto& o) { o.learning_rate.lr = 1e30; }),
              HasSubstr("adapt epoch 1, batch 2: training diverged"));
}

}  // namespace
}  // namespace lithe
