// Training of a small network on generated images, from first weights to a model file.
#include "trainers/classification.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>

#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "tests/cli/program.h"
#include "tests/trainers/stop_after.h"
#include "tests/trainers/two_classes.h"
#include "trainers/evaluate_model.h"

namespace lithe {
namespace {

using test::StopAfter;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ClassifierTraining : public testing::Test {
 protected:
  ClassifierTraining() {
    test::write_two_classes(folder_ / "data");
    options_.data = folder_ / "data", options_.output = folder_ / "run";
    options_.model = "resnet8", options_.set = {{"width", "0.25"}};
    options_.epochs = 3, options_.batch = 24;
    options_.learning_rate.lr = 0.05;
    options_.augmentation.pad = 2, options_.augmentation.flip = true;
  }
  ~ClassifierTraining() override { set_threads(0); }

  TrainingSummary train() {
    NoProgress silent;
    return train_classifier(options_, silent);
  }
  Model model(const std::string& file) const {
    ModelRequest request;
    request.model = folder_ / file;
    return load_model(request);
  }
  // What the page of a run says about its best epoch.
  std::string evaluation(const std::string& run) const {
    const std::string page = read_file(folder_ / run + "/report.html");
    const size_t from = page.find("<section id=\"confusion\">");
    return page.substr(from, page.find("<section id=\"cost\">") - from);
  }
  std::string weights(const std::string& run) const { return read_file(folder_ / run + "/last.safetensors"); }
  std::string failure() {
    try {
      train();
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }

  const test::Folder folder_;
  ClassificationOptions options_;
};

TEST_F(ClassifierTraining, LearnsAndWritesModelsThatCanBeUsed) {
  options_.ema = 0.9, options_.clip = 5;
  const TrainingSummary summary = train();
  ASSERT_EQ(summary.epochs.size(), 3u);
  EXPECT_GT(summary.best, 0);
  EXPECT_GT(summary.peak_bytes, 0);
  EXPECT_LT(summary.epochs[2].loss, summary.epochs[0].loss);
  EXPECT_GE(summary.epochs[static_cast<size_t>(summary.best - 1)].validation_top1, 0.9);

  const Model trained = model("run/best.safetensors");
  EXPECT_EQ(trained.labels.size(), 2u);
  EXPECT_THAT(trained.recipe, StartsWith("lithe train classify --data "));
  EXPECT_THAT(trained.recipe, Not(HasSubstr("--output")));
  NoProgress silent;
  const EvaluationReport report = evaluate_model(trained, options_.data, "train", 50, 1, silent);
  EXPECT_EQ(report.evaluation.samples, test::kTwoClassesImages);
  EXPECT_GE(report.evaluation.top1.value, 0.9);
  EXPECT_EQ(report.worst.size(), 10u);
  Model other = trained;
  const auto top1 = [&] { return evaluate_model(other, options_.data, "train", 50, 1, silent).evaluation.top1.value; };
  other.labels = {"1", "0"};  // the data count by name
  EXPECT_NEAR(top1(), 1 - report.evaluation.top1.value, 1e-9);
  other.labels = {"dark", "bright"};  // names of its own
  EXPECT_EQ(top1(), report.evaluation.top1.value);
  other.labels = {"0", "bright"};
  EXPECT_THROW(top1(), Error);
  EXPECT_THAT(read_file(folder_ / "run/metrics.csv"), HasSubstr("epoch,lr,loss,top1"));
}

TEST_F(ClassifierTraining, ThreadsDoNotChangeBits) {
  options_.epochs = 1, options_.threads = 1;
  train();
  options_.threads = 2, options_.output = folder_ / "two";
  train();
  EXPECT_EQ(weights("run"), weights("two"));
}

TEST_F(ClassifierTraining, AnInterruptedRunEndsWithTheBitsOfAnother) {
  options_.ema = 0.9;
  train();
  options_.output = folder_ / "stopped";
  for (const int64_t steps : {3, 9}) {  // in the first and in the second epoch of six steps
    StopAfter stop(steps);
    EXPECT_TRUE(train_classifier(options_, stop).interrupted);
  }
  EXPECT_EQ(train().epochs.size(), 3u);
  EXPECT_EQ(weights("run"), weights("stopped"));
  EXPECT_EQ(read_file(folder_ / "run/best.safetensors"), read_file(folder_ / "stopped/best.safetensors"));
  EXPECT_TRUE(evaluation("run") == evaluation("stopped"));
}

TEST_F(ClassifierTraining, AnotherConfigurationIsRefused) {
  options_.epochs = 1;
  train();
  options_.learning_rate.lr = 0.1;
  EXPECT_THAT(failure(), HasSubstr("this run has lr 0.05, now it is 0.1"));
  options_.fresh = true;
  EXPECT_EQ(failure(), "");
}

// A run that failed on its data may be given others.
TEST_F(ClassifierTraining, AnotherConfigurationReplacesOneThatKeptNothing) {
  options_.epochs = 1;
  StopAfter stop(1);
  EXPECT_TRUE(train_classifier(options_, stop).interrupted);
  options_.learning_rate.lr = 0.1;
  EXPECT_EQ(failure(), "");
  options_.learning_rate.lr = 0.05;
  EXPECT_THAT(failure(), HasSubstr("this run has lr 0.1, now it is 0.05"));
}

TEST_F(ClassifierTraining, DivergenceNamesTheBatchAndKeepsTheCheckpoint) {
  options_.learning_rate.lr = 1e30;
  EXPECT_THAT(failure(), HasSubstr("of epoch 1"));
  options_.fresh = true, options_.learning_rate.lr = 0.05, options_.epochs = 1;
  train();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "run/checkpoints"), {}), 1);
}

TEST_F(ClassifierTraining, FrozenAndGivenWeightsStay) {
  options_.epochs = 1;
  train();
  const Model first = model("run/last.safetensors");
  options_.output = folder_ / "tuned", options_.init = folder_ / "run/last.safetensors";
  options_.freeze = {"conv1.*", "layer*"};
  train();
  const Model second = model("tuned/last.safetensors");
  const auto equal = [&](const std::string& name) {
    return relative_difference(first.parameters.at(name), second.parameters.at(name)) == 0;
  };
  EXPECT_TRUE(equal("layer1.0.conv1.weight"));
  EXPECT_FALSE(equal("fc.weight"));
}

TEST_F(ClassifierTraining, ATeacherLeads) {
  options_.epochs = 2;
  train();
  options_.output = folder_ / "taught", options_.teacher = folder_ / "run/last.safetensors";
  options_.teacher_share = 1;  // no labels at all
  const TrainingSummary taught = train();
  EXPECT_LT(taught.epochs[1].loss, taught.epochs[0].loss);
  EXPECT_NE(weights("run"), weights("taught"));
  // Another split of the images, other statistics.
  options_.output = folder_ / "other", options_.hold_out = 0.5;
  EXPECT_THAT(failure(), HasSubstr("prepares images otherwise"));
}

TEST_F(ClassifierTraining, WrongOptionsAreNamed) {
  const ClassificationOptions good = options_;
  const auto message = [&](const std::function<void(ClassificationOptions&)>& change) {
    options_ = good;
    change(options_);
    return failure();
  };
  EXPECT_THAT(message([](auto& o) { o.batch = 1000; }), HasSubstr("--batch"));
  EXPECT_THAT(message([](auto& o) { o.epochs = 0; }), HasSubstr("--epochs"));
  EXPECT_THAT(message([](auto& o) { o.hold_out = 1; }), HasSubstr("--hold-out"));
  EXPECT_THAT(message([](auto& o) { o.temperature = 0; }), HasSubstr("--temperature"));
  EXPECT_THAT(message([](auto& o) { o.model = "resnet9"; }), HasSubstr("did you mean"));
  EXPECT_THAT(message([](auto& o) { o.data = "/nowhere"; }), HasSubstr("/nowhere"));
  EXPECT_THAT(message([&](auto& o) { o.init = o.data + "/train-labels-idx1-ubyte"; }), HasSubstr("train-labels"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run/checkpoints")) << "wrong options write nothing";
}

}  // namespace
}  // namespace lithe
