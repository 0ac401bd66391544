#include <gmock/gmock.h>

#include "pipelines/core/threads.h"
#include "tests/classify/job.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

std::vector<Json> parsed(const std::string& lines) {
  std::vector<Json> result;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) result.push_back(Json::parse(line));
  return result;
}

TEST_F(JobTest, EveryInputHasOneRecordInItsPlace) {
  add("a.ppm", ppm(1, 40, 30));
  add("broken/b.jpg", "no picture");
  add("broken/c.png", "");
  add("d e.ppm", ppm(2));
  images_.names.push_back("gone.jpg");
  add("f.ppm", ppm(3).substr(0, 200));
  add("g.ppm", ppm(4));
  const Summary summary = run();
  EXPECT_EQ(summary.inputs, 7);
  EXPECT_EQ(summary.recorded, 7);
  EXPECT_EQ(summary.failures, 4);
  EXPECT_FALSE(summary.interrupted);
  const std::vector<Json> found = parsed(contents(results_file(options_.output)));
  ASSERT_EQ(found.size(), images_.names.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i]["path"], images_.names[i]);
  EXPECT_EQ(found[0]["width"], 40);
  EXPECT_EQ(found[0]["oriented_height"], 30);
  EXPECT_EQ(found[1]["error"]["code"], "not_an_image");
  EXPECT_EQ(found[2]["error"]["code"], "empty");
  EXPECT_EQ(found[4]["error"]["code"], "not_found");
  EXPECT_EQ(found[5]["error"]["code"], "corrupt");
  EXPECT_TRUE(validate_results(options_.output).problems.empty());
}

TEST_F(JobTest, ProbabilitiesAreASoftmaxBestFirst) {
  add("white.ppm", "P6\n1 1\n255\n\xFF\xFF\xFF");
  options_.top = 20;
  run();
  const Json top = parsed(records_here())[0]["top"];
  ASSERT_EQ(top.size(), 10) << "there are no more classes";
  double sum = 0;
  for (size_t k = 0; k < top.size(); ++k) {
    EXPECT_EQ(top[k]["index"], 9 - k) << "the mean is 1, nearest to 9/10";
    EXPECT_TRUE(top[k]["label"].is_null());
    if (k > 0) {
      EXPECT_NEAR(top[k]["probability"].get<double>(), top[k - 1]["probability"].get<double>() * std::exp(-2), 2e-6);
    }
    sum += top[k]["probability"].get<double>();
  }
  EXPECT_NEAR(sum, 1, 1e-5);
}

TEST_F(JobTest, LabelsNameTheClasses) {
  add("white.ppm", "P6\n1 1\n255\n\xFF\xFF\xFF");
  for (int k = 0; k < 10; ++k) setup_.labels.push_back("class, \"" + std::to_string(k) + "\"");
  options_.format = "jsonl,csv";
  options_.top = 1;
  run();
  EXPECT_EQ(parsed(records_here())[0]["top"][0]["label"], "class, \"9\"");
  const std::string csv = contents(csv_file(options_.output));
  EXPECT_THAT(csv,
              testing::StartsWith("path,width,height,oriented_width,oriented_height,index_1,label_1,probability_1,"));
  EXPECT_THAT(csv, HasSubstr("\r\nwhite.ppm,1,1,1,1,9,\"class, \"\"9\"\"\",0."));
}

TEST_F(JobTest, ScoresThatAreNoNumbersAreAnError) {
  add("black.ppm", "P6\n1 1\n255\n" + std::string(3, '\0'));
  add("white.ppm", "P6\n1 1\n255\n\xFF\xFF\xFF");
  classifier_->nan_below = 0.5;
  EXPECT_EQ(run().failures, 1);
  EXPECT_EQ(parsed(records_here())[0]["error"]["code"], "no_scores");
  EXPECT_EQ(parsed(records_here())[1]["top"][0]["index"], 9);
}

TEST_F(JobTest, BatchAndThreadsDoNotChangeTheRecords) {
  add_pictures(23);
  add("z.jpg", "broken");
  run();
  const std::string expected = records_here();
  for (const auto& [batch, count] : {std::pair(1, 1), std::pair(5, 2), std::pair(64, 4)}) {
    options_.batch = batch;
    options_.fresh = true;
    set_threads(count);
    run();
    EXPECT_EQ(records_here(), expected);
  }
  set_threads(0);
}

TEST_F(JobTest, NamesThatAreNotUtf8StayApart) {
  for (const char* name : {"a\xFF.ppm", "a\xFE.ppm", "a\\.ppm", "\xC3\xA4.ppm"}) add(name, ppm(1));
  EXPECT_EQ(run().failures, 0);
  const std::vector<Json> found = parsed(records_here());
  EXPECT_EQ(found[0]["path"], "a\\xFF.ppm");
  EXPECT_EQ(found[1]["path"], "a\\xFE.ppm");
  EXPECT_EQ(found[2]["path"], "a\\.ppm");
  EXPECT_EQ(found[3]["path"], "\xC3\xA4.ppm");
  EXPECT_EQ(run().images, 0) << "all of them have records";
}

TEST_F(JobTest, ALimitTakesTheFirst) {
  add_pictures(9);
  options_.limit = 5;
  EXPECT_EQ(run().inputs, 5);
  options_.limit = 0;
  EXPECT_EQ(run().images, 4) << "the rest";
  EXPECT_EQ(parsed(records_here())[8]["path"], "1008.ppm");
}

TEST_F(JobTest, AnotherConfigurationIsRefusedByName) {
  add_pictures(3);
  run();
  const std::string before = contents(results_file(options_.output)), run_before = contents(run_file(options_.output));
  options_.top = 2;
  EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("top is 3 there and 2 now"));
  options_.top = 3;
  setup_.preprocessing.mean[1] = 7;
  EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("preprocessing/mean/1"));
  setup_.preprocessing.mean[1] = 0;
  setup_.hash = "other";
  EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("model/hash"));
  options_.dry_run = true;
  EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("model/hash"));
  EXPECT_EQ(contents(results_file(options_.output)), before);
  EXPECT_EQ(contents(run_file(options_.output)), run_before);
  options_.dry_run = false;
  options_.fresh = true;
  EXPECT_EQ(run().images, 3) << "starts over";
  std::filesystem::remove(run_file(options_.output));
  options_.fresh = false;
  EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("no run.json"));
}

TEST_F(JobTest, AnotherPlanIsMentioned) {
  add_pictures(3);
  run();
  classifier_->plan = "other plan";
  StopAfter progress;
  run(progress);
  ASSERT_EQ(progress.messages.size(), 1u);
  EXPECT_THAT(progress.messages[0], HasSubstr("other plan"));
}

TEST_F(JobTest, ADryRunWritesNothing) {
  add_pictures(3);
  options_.dry_run = true;
  const Summary summary = run();
  EXPECT_EQ(summary.inputs, 3);
  EXPECT_EQ(Json::parse(summary.configuration)["configuration"]["preprocessing"]["crop_height"], 8);
  EXPECT_FALSE(std::filesystem::exists(options_.output));
}

}  // namespace
}  // namespace lithe::test
