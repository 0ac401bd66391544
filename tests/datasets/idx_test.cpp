#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/datasets/folder.h"

namespace lithe::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class IdxTest : public DataTest {
 protected:
  void write_gzip(const std::string& name, const std::string& bytes) const {
    gzFile file = gzopen(path(name).c_str(), "wb");
    ASSERT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), static_cast<int>(bytes.size()));
    gzclose(file);
  }
  void write_mnist() const {
    write("train-images-idx3-ubyte", idx({3, 2, 2}, {0, 1, 2, 3, 10, 11, 12, 13, 255, 254, 253, 252}));
    write("train-labels-idx1-ubyte", idx({3}, {2, 0, 2}));
    write_gzip("t10k-images-idx3-ubyte.gz", idx({1, 2, 2}, {7, 7, 7, 8}));
    write_gzip("t10k-labels-idx1-ubyte.gz", idx({1}, {1}));
  }
};

TEST_F(IdxTest, HasTheSplitsOfMnist) {
  write_mnist();
  EXPECT_THAT(dataset_splits(folder_), ElementsAre("train", "test"));
  const DatasetPtr train = open_dataset(folder_, "train");
  EXPECT_EQ(train->info().form, "idx");
  EXPECT_EQ(train->info().image, Shape({1, 2, 2}));
  EXPECT_THAT(train->info().labels, ElementsAre(2, 0, 2));
  EXPECT_THAT(train->info().class_names, ElementsAre("0", "1", "2"));
  EXPECT_THAT(pixels_of(train->image(1)), ElementsAre(10, 11, 12, 13));
  EXPECT_THAT(train->where(1), HasSubstr("(train)[1]"));
  const DatasetPtr test = open_dataset("idx:" + folder_, "test");
  EXPECT_THAT(pixels_of(test->image(0)), ElementsAre(7, 7, 7, 8));
}

TEST_F(IdxTest, TakesNamesFromClassesTxt) {
  write_mnist();
  write("classes.txt", "bag\r\nboot\ncoat\n");
  EXPECT_THAT(open_dataset(folder_, "train")->info().class_names, ElementsAre("bag", "boot", "coat"));
  write("classes.txt", "bag\nboot\n");
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("classes.txt: holds 2 names, but the labels go up to 2"));
}

TEST_F(IdxTest, ReadsColoursAndPartsOfAFolder) {
  write("svhn-train-images-idx4-ubyte", idx({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  write("svhn-train-labels-idx1-ubyte", idx({1}, {0}));
  write("usps-test-images-idx3-ubyte", idx({1, 1, 1}, {9}));
  write("usps-test-labels-idx1-ubyte", idx({1}, {3}));
  EXPECT_THAT(dataset_splits(folder_), ElementsAre("usps-test", "svhn-train"));
  EXPECT_THAT(dataset_splits(path("svhn")), ElementsAre("train"));
  const DatasetPtr svhn = open_dataset(path("svhn"));
  EXPECT_EQ(svhn->info().image, Shape({3, 1, 2}));
  EXPECT_THAT(pixels_of(svhn->image(0)), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(open_dataset(path("usps-test-images-idx3-ubyte"))->label(0), 3);
  EXPECT_THAT(error_of(path("us")), HasSubstr("no such file or folder"));
}

TEST_F(IdxTest, SaysWhatIsWrong) {
  write_mnist();
  EXPECT_THAT(error_of(folder_), HasSubstr("name a split; it has train, test"));
  EXPECT_THAT(error_of(folder_, "val"), HasSubstr("no split \"val\"; it has train, test"));
  write("train-labels-idx1-ubyte", idx({2}, {2, 0}));
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("holds 3 images"));
  write("train-labels-idx1-ubyte", idx({4}, {2, 0, 2}));
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("the header says 4, which is 4 bytes, but 3 follow"));
  write("train-labels-idx1-ubyte", idx({3, 1}, {2, 0, 2}));
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("expected 1 dimensions, found 2 dimensions (3x1)"));
  write("train-labels-idx1-ubyte", "nothing of the kind");
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("expected an IDX file"));
  std::filesystem::remove(path("train-labels-idx1-ubyte"));
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("train-labels-idx1-ubyte.gz: cannot open"));
  std::filesystem::resize_file(path("t10k-images-idx3-ubyte.gz"), 30);
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("the gzip data is damaged or cut off"));
}

TEST_F(IdxTest, RefusesSizesThatOverflow) {
  std::string huge = idx({1, 1, 1}, {1});
  for (size_t i = 4; i < 16; ++i) huge[i] = '\xff';
  write("train-images-idx3-ubyte", huge);
  write("train-labels-idx1-ubyte", idx({1}, {0}));
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("63 bits"));
}

}  // namespace
}  // namespace lithe::test
