// Domains on a small backbone, of generated images.
#include "trainers/covnorm.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "pipelines/core/file.h"
#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"
#include "pipelines/model/domain.h"
#include "tests/cli/program.h"
#include "tests/trainers/stop_after.h"
#include "tests/trainers/two_classes.h"
#include "trainers/classification.h"
#include "trainers/evaluate_model.h"

namespace lithe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Grey images of 32 x 32 in `classes` classes: one of as many vertical stripes is bright.
void write_stripes(const std::string& folder, int classes) {
  constexpr int kSize = 32, kImages = 160;
  const RandomStream random(9, "stripes");
  std::vector<int> pixels, labels;
  for (int i = 0; i < kImages; ++i) {
    labels.push_back(i % classes);
    for (int p = 0; p < kSize * kSize; ++p) {
      const bool bright = p % kSize * classes / kSize == i % classes;
      pixels.push_back(static_cast<int>(random.bits(pixels.size()) % 100) + (bright ? 120 : 0));
    }
  }
  std::filesystem::create_directories(folder);
  for (const std::string split : {"train", "t10k"}) {
    write_file(folder + "/" + split + "-images-idx3-ubyte", test::idx({kImages, kSize, kSize}, pixels));
    write_file(folder + "/" + split + "-labels-idx1-ubyte", test::idx({kImages}, labels));
  }
}

class CovNormDomains : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = new test::Folder;
    test::write_two_classes(*data_ / "halves");
    write_stripes(*data_ / "stripes", 4);
    ClassificationOptions o;
    o.data = *data_ / "halves", o.model = "resnet8", o.set = {{"width", "0.25"}}, o.output = *data_ / "backbone";
    o.epochs = 3, o.batch = 24, o.learning_rate.lr = 0.05;
    NoProgress silent;
    train_classifier(o, silent);
  }
  static void TearDownTestSuite() { delete data_; }

  CovNormDomains() {
    options_.backbone = *data_ / "backbone/best.safetensors";
    options_.add = {{"stripes", *data_ / "stripes"}};
    options_.output = folder_ / "run";
    options_.epochs = 4, options_.mini_epochs = 1, options_.tune_epochs = 2, options_.batch = 24;
    options_.learning_rate.lr = 0.02, options_.tune_lr = 0.005;
  }
  ~CovNormDomains() override { set_threads(0); }

  CovNormSummary adapt() const {
    NoProgress silent;
    return adapt_covnorm(options_, silent);
  }
  std::string failure() const {
    try {
      adapt();
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }
  std::string domain(const std::string& run, const std::string& name) const {
    return read_file(folder_ / (run + "/domains/" + name + ".safetensors"));
  }

  static test::Folder* data_;
  const test::Folder folder_;
  CovNormOptions options_;
};
test::Folder* CovNormDomains::data_ = nullptr;

TEST_F(CovNormDomains, LearnsADomainThatTheBackboneCanTake) {
  const CovNormSummary summary = adapt();
  ASSERT_EQ(summary.domains.size(), 1u);
  const DomainReport& report = summary.domains[0];
  EXPECT_EQ(report.split, "test");
  EXPECT_GE(report.top1, 0.7);
  EXPECT_EQ(report.bytes, static_cast<int64_t>(domain("run", "stripes").size()));
  ModelRequest request;
  request.model = folder_ / "run/backbone.safetensors", request.domain = "stripes";
  const Model model = load_model(request);
  EXPECT_EQ(model.labels.size(), 4u);
  NoProgress silent;
  EXPECT_EQ(evaluate_model(model, *data_ / "stripes", "test", 32, 1, silent).evaluation.top1.value, report.top1);
  request.domain = "";
  EXPECT_EQ(read_file(request.model), read_file(options_.backbone));
  EXPECT_EQ(load_model(request).graph.nodes.size(), model.graph.nodes.size()) << "no layer more";
}

TEST_F(CovNormDomains, ReportsWhatEveryStageTookAndGave) {
  const DomainReport report = adapt().domains.at(0);
  std::vector<std::string> stages;
  for (const StageReport& stage : report.stages) {
    stages.push_back(stage.stage);
    EXPECT_GT(stage.seconds, 0) << stage.stage;
    EXPECT_GT(stage.memory, 1 << 20) << stage.stage;
    EXPECT_EQ(stage.top1 >= 0, stage.stage != "statistics" && stage.stage != "fold") << stage.stage;
  }
  EXPECT_THAT(stages, ElementsAre("adapters", "statistics", "low-rank", "mini", "tune", "fold"));
  EXPECT_EQ(report.stages[4].top1, report.top1);
  EXPECT_EQ(report.stages[0].epochs, options_.epochs);
  ModelRequest request;
  request.model = options_.backbone;
  const std::string& ranks = report.stages[2].ranks;
  EXPECT_EQ(std::count(ranks.begin(), ranks.end(), 'x'), adapter_places(load_model(request).graph).size()) << ranks;

  options_.method = "svd";  // which starts from the same adapters and statistics
  const DomainReport svd = adapt().domains.at(1);
  EXPECT_EQ(svd.stages.at(0).seconds, report.stages[0].seconds);
  EXPECT_EQ(svd.stages.at(1).seconds, report.stages[1].seconds);
  EXPECT_EQ(adapt().domains.at(0).stages.size(), 6u) << "read from report.json";
}

TEST_F(CovNormDomains, BitsAreThoseOfAnotherRunWithOtherThreadsAndStops) {
  options_.threads = 1;
  adapt();
  options_.threads = 2, options_.output = folder_ / "stopped";
  int stops = 0;
  for (int64_t steps = 3;; steps += 17) {  // within every stage, and while it is measured
    test::StopAfter stop(steps);
    if (!adapt_covnorm(options_, stop).interrupted) break;
    ASSERT_LT(++stops, 40);
  }
  EXPECT_GE(stops, 4);
  EXPECT_EQ(domain("run", "stripes"), domain("stopped", "stripes"));
}

TEST_F(CovNormDomains, ARunThatWasKilledBeforeItsReportWritesIt) {
  options_.epochs = 1, options_.tune_epochs = 1;
  const std::string file = options_.output + "/domains/stripes.safetensors";
  const double top1 = adapt().domains.at(0).top1;
  const std::string learnt = read_file(file);
  std::filesystem::remove(options_.output + "/report.json");
  const CovNormSummary again = adapt();
  ASSERT_EQ(again.domains.size(), 1u);
  EXPECT_EQ(again.domains[0].top1, top1);
  EXPECT_EQ(read_file(file), learnt);
}

TEST_F(CovNormDomains, OneMoreLeavesTheOthersAsTheyAre) {
  adapt();
  const std::string before = domain("run", "stripes");
  options_.backbone.clear();
  options_.add = {{"halves", *data_ / "halves"}};
  options_.method = "batch-norm", options_.epochs = 1;
  const CovNormSummary summary = adapt();
  ASSERT_EQ(summary.domains.size(), 2u);
  EXPECT_EQ(summary.domains[0].name, "halves-batch-norm");
  EXPECT_EQ(domain("run", "stripes"), before);
}

TEST_F(CovNormDomains, MethodsShareWhatTheyCan) {
  std::map<std::string, DomainReport> reports;
  for (const std::string method : {"covnorm", "svd", "adapters", "batch-norm", "classifier", "fine-tune"}) {
    options_.method = method;
    for (const DomainReport& r : adapt().domains) reports[r.method] = r;
  }
  ASSERT_EQ(reports.size(), 6u);
  EXPECT_EQ(reports["classifier"].added, 0);
  EXPECT_LT(reports["batch-norm"].added, reports["covnorm"].added);
  EXPECT_LT(reports["svd"].added, reports["adapters"].added);
  EXPECT_GT(reports["adapters"].top1, 0.7);
  EXPECT_EQ(reports["covnorm"].added, reports["svd"].added) << "the same rank for both";
  EXPECT_LT(reports["covnorm"].added, reports["fine-tune"].added);
}

// With BatchNorms of the backbone and without, in groups and without.
TEST_F(CovNormDomains, OtherBackbones) {
  const std::map<std::string, std::map<std::string, std::string>> backbones = {
      {"mobilenet_v2", {{"width", "0.1"}, {"stem_stride", "1"}}},
      {"micronet_m0", {{"stem_stride", "1"}}},
      {"resnet26", {{"width", "0.1"}}},
      {"vgg16", {{"width", "0.03"}}}};
  options_.epochs = 1, options_.tune_epochs = 1, options_.limit = 60;
  for (const auto& [network, set] : backbones) {
    ModelRequest request;
    request.model = network, request.options = set, request.options["input_size"] = "32";
    options_.backbone = folder_ / (network + ".safetensors"), options_.output = folder_ / network;
    save_model(load_model(request), options_.backbone);
    const CovNormSummary summary = adapt();
    ASSERT_EQ(summary.domains.size(), 1u) << network;
    EXPECT_GT(summary.domains[0].added, 0) << network;
  }
}

TEST_F(CovNormDomains, SettingsAndStarts) {
  options_.epochs = 1, options_.tune_epochs = 1;
  options_.scaling = "code", options_.mini = "random", options_.limit = 100, options_.where = {"layer?.0.conv?"};
  adapt();
  options_.output = folder_ / "joint", options_.setting = "joint";
  options_.add["halves"] = *data_ / "halves";
  EXPECT_EQ(adapt().domains.size(), 2u);
  const std::string before = domain("joint", "halves");
  std::filesystem::remove(folder_ / "joint/domains/halves.safetensors");
  adapt();
  EXPECT_EQ(domain("joint", "halves"), before) << "the other one's statistics still count";
}

TEST_F(CovNormDomains, SaysWhatIsWrong) {
  options_.backbone = "";
  EXPECT_THAT(failure(), HasSubstr("no backbone: give --backbone FILE"));
  options_.backbone = *data_ / "backbone/best.safetensors";
  options_.add = {{"a/b", "x"}};
  EXPECT_THAT(failure(), HasSubstr("a domain's name is made of letters"));
  options_.add = {{"stripes", folder_ / "nowhere"}};
  EXPECT_THAT(failure(), HasSubstr("nowhere"));
  options_.add = {{"stripes", *data_ / "stripes"}}, options_.where = {"conv9"};
  EXPECT_THAT(failure(), HasSubstr("has no convolution \"conv9\""));
  options_.where = {"conv1"}, options_.tau = 1.5;
  EXPECT_THAT(failure(), HasSubstr("--tau"));
  options_.tau = 0.9, options_.batch = 2, options_.limit = 3;
  EXPECT_THAT(failure(), HasSubstr("--limit 3: fewer images than " + (*data_ / "stripes") + " has classes, 4"));
  options_.batch = 24, options_.limit = 0, options_.epochs = 1, options_.tune_epochs = 0;
  EXPECT_EQ(failure(), "no error");
  options_.tau = 0.8;
  EXPECT_THAT(failure(), HasSubstr("was learnt with tau 0.9, now it is 0.8"));
}

TEST_F(CovNormDomains, APlanDoesNothing) {
  options_.dry_run = true;
  const CovNormSummary summary = adapt();
  EXPECT_EQ(summary.plan.size(), 7u);
  EXPECT_FALSE(std::filesystem::exists(options_.output));
}

}  // namespace
}  // namespace lithe
