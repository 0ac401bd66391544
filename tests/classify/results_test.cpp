#include "pipelines/formats/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/formats/image_record.h"
#include "pipelines/vision/image_error.h"
#include "tests/classify/job.h"

namespace lithe::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ImageRecord good() { return {"a/b.jpg", 4, 3, 3, 4, {{7, "seven", 0.75}, {2, "two", 0.25}}, 1.25, 0.5, 3, "", ""}; }

TEST(Record, IsWrittenAndReadBack) {
  EXPECT_EQ(to_line(good()),
            "{\"schema_version\":1,\"path\":\"a/b.jpg\",\"width\":4,\"height\":3,\"oriented_width\":3,"
            "\"oriented_height\":4,\"top\":[{\"index\":7,\"label\":\"seven\",\"probability\":0.75},{\"index\":2,"
            "\"label\":\"two\",\"probability\":0.25}],\"timings\":{\"decode_ms\":1.25,\"preprocess_ms\":0.5,"
            "\"infer_ms\":3.0}}\n");
  EXPECT_EQ(to_line(parse_line(to_line(good()))), to_line(good()));
  ImageRecord failure;
  failure.path = "x";
  failure.error_code = "empty";
  failure.error_message = "the file is empty";
  EXPECT_EQ(to_line(failure),
            "{\"schema_version\":1,\"path\":\"x\",\"error\":{\"code\":\"empty\",\"message\":\"the file is empty\"}}\n");
  EXPECT_EQ(to_line(parse_line(to_line(failure))), to_line(failure));
}

std::vector<std::string> violations(const std::string& line) {
  std::vector<std::string> found;
  parse_line(line, &found);
  return found;
}

TEST(Record, TheSchemaFindsWhatIsWrong) {
  EXPECT_THAT(violations(to_line(good())), IsEmpty());
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string line = to_line(good());
    return violations(line.replace(line.find(from), from.size(), to));
  };
  EXPECT_THAT(changed("\"index\":7", "\"index\":-1"), ElementsAre("/top/0/index: must be at least 0"));
  EXPECT_THAT(changed("\"index\":7", "\"index\":7.5"), ElementsAre(HasSubstr("/top/0/index: expected \"integer\"")));
  EXPECT_THAT(changed("0.75", "1.5"), ElementsAre("/top/0/probability: must be at most 1"));
  EXPECT_THAT(changed("\"seven\"", "null"), IsEmpty());
  EXPECT_THAT(changed("\"seven\"", "7"), ElementsAre(HasSubstr("/top/0/label")));
  EXPECT_THAT(changed("\"width\":4,", ""), ElementsAre("/width: is missing"));
  EXPECT_THAT(changed("\"width\":4,", "\"width\":4,\"depth\":1,"), ElementsAre("/depth: is unknown"));
  EXPECT_THAT(changed("\"schema_version\":1", "\"schema_version\":2"), ElementsAre(HasSubstr("expected 1")));
  EXPECT_THAT(changed("\"path\":\"a/b.jpg\"", "\"path\":\"\""), ElementsAre("/path: must not be empty"));
  EXPECT_THAT(changed("[{\"index\":7", "[{\"index\":\"7\""), ElementsAre(HasSubstr("found string")));
  EXPECT_THAT(violations("{\"schema_version\":1,\"path\":\"x\",\"error\":{\"code\":\"odd\",\"message\":\"m\"}}"),
              ElementsAre(HasSubstr("/error/code: expected one of")));
  EXPECT_THAT(violations("{\"a\""), ElementsAre("/: is not JSON"));
  EXPECT_THAT(violations("17"), testing::Not(IsEmpty()));
}

TEST(Record, TheSchemaKnowsEveryErrorCode) {
  const auto schema = nlohmann::json::parse(contents(LITHE_SOURCE_DIR "/docs/results.schema.json"));
  std::vector<std::string> codes;
  for (int fault = 0; fault <= static_cast<int>(ImageFault::kNoScores); ++fault) {
    codes.emplace_back(code_of(static_cast<ImageFault>(fault)));
  }
  EXPECT_EQ(schema["$defs"]["failure"]["properties"]["error"]["properties"]["code"]["enum"], nlohmann::json(codes));
}

TEST_F(JobTest, ValidateNamesLineAndMember) {
  add_pictures(6);
  run();
  const std::string file = results_file(options_.output), lines = contents(file);
  EXPECT_THAT(validate_results(options_.output).problems, IsEmpty());
  const size_t first = lines.find('\n') + 1, second = lines.find('\n', first) + 1;
  const auto problems = [&](const std::string& changed) {
    write_bytes(file, changed);
    return validate_results(options_.output).problems;
  };
  EXPECT_THAT(problems(lines + lines.substr(first, second - first)),
              ElementsAre("results.jsonl:7: 1001.ppm has a record already"));
  EXPECT_THAT(problems(lines.substr(0, first) + lines.substr(second)), ElementsAre(HasSubstr("5 of 6 inputs")));
  EXPECT_THAT(problems(lines + "{\"torn"), ElementsAre(HasSubstr("torn")));
  std::string swapped = lines;
  const size_t probability = swapped.find("\"probability\":") + 14;
  swapped.replace(probability, 4, "0.00");
  EXPECT_THAT(problems(swapped), ElementsAre("results.jsonl:1: /top: the best must stand first"));
  std::filesystem::remove(run_file(options_.output));
  EXPECT_THROW(validate_results(options_.output), Error);
}

}  // namespace
}  // namespace lithe::test
