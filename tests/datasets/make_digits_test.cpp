// Rendered digits: what they are, that they are reproducible, and what is said where there are no fonts.
#include "datasets/make_digits.h"

#include <gmock/gmock.h>

#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "tests/datasets/folder.h"

namespace lithe {
namespace {

using testing::HasSubstr;

class MakeDigits : public test::DataTest {
 protected:
  ~MakeDigits() override { set_threads(0); }
  int64_t make(const std::string& name, int64_t count, uint64_t seed) const {
    NoProgress silent;
    return make_digits({path(name), "train", fonts_, count, seed}, silent);
  }
  std::string pixels(const std::string& name) const { return read_file(path(name) + "/train-images-idx4-ubyte"); }
  std::string failure(int64_t count) const {
    try {
      make("failed", count, 1);
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }

  std::string fonts_;
};

TEST_F(MakeDigits, IsADataSetOfTenClasses) {
  EXPECT_GE(make("digits", 300, 1), 1);
  const DatasetPtr set = open_dataset(path("digits"));
  ASSERT_EQ(set->size(), 300);
  EXPECT_EQ(set->info().image, (Shape{3, 32, 32}));
  EXPECT_EQ(set->classes(), 10);
  std::vector<int> of_class(10);
  for (const int label : set->info().labels) ++of_class[static_cast<size_t>(label)];
  for (const int count : of_class) EXPECT_GT(count, 10);
  for (int64_t i = 0; i < set->size(); ++i) {  // something can be seen
    const std::vector<int> image = test::pixels_of(set->image(i));
    EXPECT_GT(*std::max_element(image.begin(), image.end()) - *std::min_element(image.begin(), image.end()), 40) << i;
  }
  EXPECT_THAT(read_file(path("digits") + "/train-fonts.txt"), HasSubstr("/"));
}

TEST_F(MakeDigits, TheSeedAloneDecidesTheBits) {
  set_threads(1);
  make("one", 80, 3);
  set_threads(2);
  make("two", 80, 3);
  make("other", 80, 4);
  EXPECT_EQ(pixels("one"), pixels("two"));
  EXPECT_NE(pixels("one"), pixels("other"));
  make("more", 90, 3);  // an image depends on its number, not on how many there are
  EXPECT_EQ(pixels("more").substr(20, 80 * 3072), pixels("one").substr(20));
}

TEST_F(MakeDigits, WithoutFontsItSaysWhatToInstall) {
  EXPECT_THAT(failure(0), HasSubstr("--count"));
  fonts_ = path("fonts");
  EXPECT_THAT(failure(10), HasSubstr("no such folder"));
  write("fonts/broken.ttf", "no font");
  EXPECT_THAT(failure(10), HasSubstr("fonts-dejavu-core"));
  EXPECT_FALSE(std::filesystem::exists(path("failed")));
}

}  // namespace
}  // namespace lithe
