// Real photographs and a real network, where they are at hand.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/classify/job.h"
#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using Json = nlohmann::json;

// "n01440764_tench.JPEG" shows a "tench".
std::string truth(const std::string& path) {
  const size_t name = path.find('_') + 1;
  std::string text = path.substr(name, path.rfind('.') - name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

// Labels are lists of synonyms.
bool names(const std::string& label, const std::string& wanted) {
  std::istringstream synonyms(label);
  for (std::string synonym; std::getline(synonyms >> std::ws, synonym, ',');) {
    if (synonym == wanted) return true;
  }
  return false;
}

TEST(Photos, MobileNetKnowsThemAndBothEnginesAgree) {
  const char* data = std::getenv("LITHE_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "LITHE_TEST_DATA is not set";
  const std::string folder = data;
  const Folder out;
  std::vector<std::vector<Json>> found;
  for (const char* engine : {"halide", "opencv"}) {
    const Outcome outcome =
        shell("lithe classify " + folder + "/photos --model " + folder + "/models/mobilenet_v2_1.0_224.onnx --labels " +
              folder + "/models/imagenet_labels.txt --quiet --engine " + engine + " --output " + out / engine);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    std::istringstream lines(records(out / engine));
    found.emplace_back();
    for (std::string line; std::getline(lines, line);) found.back().push_back(Json::parse(line));
  }
  ASSERT_EQ(found[0].size(), found[1].size());
  double correct = 0;
  for (size_t i = 0; i < found[0].size(); ++i) {
    const Json &ours = found[0][i]["top"][0], &other = found[1][i]["top"][0];
    EXPECT_EQ(ours["index"], other["index"]) << found[0][i]["path"];
    EXPECT_NEAR(ours["probability"].get<double>(), other["probability"].get<double>(), 1e-3);
    correct += names(ours["label"], truth(found[0][i]["path"]));
  }
  EXPECT_GE(correct / static_cast<double>(found[0].size()), 0.87);
}

}  // namespace
}  // namespace lithe::test
