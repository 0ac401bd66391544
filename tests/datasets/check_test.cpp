#include "datasets/check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "datasets/export.h"
#include "tests/cli/program.h"
#include "tests/datasets/folder.h"

namespace lithe::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Check : public DataTest {
 protected:
  // Two intact images of different sizes and a broken one.
  void write_pictures() const {
    write("cat/a.ppm", "P6\n2 1\n255\nabcdef");
    write("dog/b.ppm", "P6\n1 3\n255\nabcdefghi");
    write("dog/c.ppm", "P6\n1 3\n255\nabc");
  }
  NoProgress progress_;
};

TEST_F(Check, CountsClassesSizesAndWhatIsBroken) {
  write_pictures();
  const DatasetReport report = check_dataset(folder_, "", progress_);
  EXPECT_EQ(report.form, "classes");
  EXPECT_FALSE(report.intact());
  ASSERT_EQ(report.splits.size(), 1u);
  const SplitReport& all = report.splits[0];
  EXPECT_EQ(all.images, 3);
  EXPECT_THAT(all.class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(all.images_of_class, ElementsAre(1, 2));
  EXPECT_EQ(all.first_label, 0);
  EXPECT_EQ(all.last_label, 1);
  EXPECT_EQ(all.smallest, Shape({3, 1, 1}));
  EXPECT_EQ(all.largest, Shape({3, 3, 2}));
  ASSERT_EQ(all.broken.size(), 1u);
  EXPECT_EQ(all.broken[0].where, path("dog/c.ppm"));
  EXPECT_THAT(all.broken[0].reason, testing::Not(HasSubstr("c.ppm")));
}

TEST_F(Check, ASplitThatCannotBeOpenedLeavesTheOthers) {
  write("train-images-idx3-ubyte", idx({1, 1, 1}, {7}));
  write("train-labels-idx1-ubyte", idx({1}, {2}));
  write("t10k-images-idx3-ubyte", idx({1, 1, 1}, {7}));
  const DatasetReport report = check_dataset(folder_, "", progress_);
  EXPECT_FALSE(report.intact());
  EXPECT_EQ(report.splits[0].images, 1);
  EXPECT_THAT(report.splits[1].error, HasSubstr("t10k-labels-idx1-ubyte.gz: cannot open"));
  EXPECT_TRUE(check_dataset(folder_, "train", progress_).intact());
  EXPECT_THROW(check_dataset(folder_, "val", progress_), Error);
}

TEST_F(Check, ExportedImagesAreTheSameSetAgain) {
  write("train-images-idx4-ubyte", idx({3, 1, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 255, 0, 9}));
  write("train-labels-idx1-ubyte", idx({3}, {1, 0, 1}));
  write("classes.txt", "a/b\n.c\n");
  EXPECT_EQ(export_images(folder_, "train", path("out"), 0, progress_), 3);
  const DatasetPtr before = open_dataset(folder_, "train"), after = open_dataset(path("out"));
  EXPECT_THAT(after->info().class_names, ElementsAre("_.c", "a_b"));
  EXPECT_THAT(after->where(0), HasSubstr("out/_.c/0000000.png"));
  for (const auto& [from, to] : {std::pair(0, 0), std::pair(2, 1), std::pair(1, 2)}) {
    EXPECT_EQ(pixels_of(before->image(from)), pixels_of(after->image(to)));
  }
  EXPECT_EQ(export_images(folder_, "train", path("few"), 2, progress_), 2);
  EXPECT_EQ(open_dataset(path("few"))->size(), 2);
}

TEST_F(Check, TheProgramTellsByItsExitCode) {
  write_pictures();
  const Outcome broken = shell("lithe data check " + folder_ + " --json");
  EXPECT_EQ(broken.code, 7) << broken.err;
  const json report = json::parse(broken.out);
  EXPECT_EQ(report["form"], "classes");
  EXPECT_EQ(report["intact"], false);
  EXPECT_EQ(report["splits"][0]["classes"][1], json({{"name", "dog"}, {"images", 2}}));
  EXPECT_EQ(report["splits"][0]["broken"][0]["where"], path("dog/c.ppm"));
  std::filesystem::remove(path("dog/c.ppm"));
  const Outcome intact = shell("lithe data check " + folder_);
  EXPECT_EQ(intact.code, 0) << intact.err;
  EXPECT_THAT(intact.out, HasSubstr("all: 2 images, 2 classes, labels 0 to 1, 3x1x1 to 3x3x2"));
  EXPECT_THAT(intact.out, HasSubstr("  1  dog  1\n"));
  EXPECT_EQ(shell("lithe data check " + path("nowhere")).code, 4);
  EXPECT_EQ(shell("lithe data check " + folder_ + " --split val").code, 2);
  EXPECT_EQ(shell("lithe data export " + folder_).code, 2);
  EXPECT_EQ(shell("lithe data export " + folder_ + " --output " + path("out")).code, 0);
  EXPECT_EQ(open_dataset(path("out"))->size(), 2);
}

// The sets that LITHE_TEST_DATA brings, as they are.
class RealData : public testing::TestWithParam<std::tuple<const char*, int64_t, int64_t>> {};

TEST_P(RealData, IsIntact) {
  const char* folder = std::getenv("LITHE_TEST_DATA");
  if (folder == nullptr) GTEST_SKIP() << "needs LITHE_TEST_DATA";
  const auto [name, images, classes] = GetParam();
  NoProgress progress;
  const DatasetReport report = check_dataset(std::string(folder) + "/" + name, "", progress);
  int64_t count = 0;
  for (const SplitReport& split : report.splits) {
    count += split.images;
    EXPECT_GT(*std::min_element(split.images_of_class.begin(), split.images_of_class.end()), 0);
  }
  EXPECT_TRUE(report.intact());
  EXPECT_EQ(count, images);
  EXPECT_EQ(static_cast<int64_t>(report.splits.back().class_names.size()), classes);
}

INSTANTIATE_TEST_SUITE_P(Sets, RealData,
                         testing::Values(std::tuple("digits/usps", 9298, 10), std::tuple("digits/svhn", 10000, 10),
                                         std::tuple("digits/mnistm", 15000, 10), std::tuple("omniglot", 5840, 156)));

}  // namespace
}  // namespace lithe::test
