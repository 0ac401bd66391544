// MATLAB files, written by scipy.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/datasets/folder.h"

namespace lithe::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Mat : public DataTest {
 protected:
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import scipy.io' 2> /dev/null") != 0)
      GTEST_SKIP() << "needs Debian's python3-scipy";
  }
  // Runs Python in the folder, with numpy as np and scipy.io.savemat.
  void python(const std::string& code) const {
    write("make.py", "import numpy as np\nfrom scipy.io import savemat\n" + code);
    ASSERT_EQ(std::system(("cd " + folder_ + " && /usr/bin/python3 make.py").c_str()), 0);
  }
};

TEST_F(Mat, Svhn) {
  python(R"(
x = np.arange(2 * 3 * 3 * 2, dtype=np.uint8).reshape(2, 3, 3, 2)
savemat('train_32x32.mat', {'X': x, 'y': np.array([[10], [3]], np.uint8)}, do_compression=True)
savemat('extra_32x32.mat', {'X': x, 'y': np.array([[1.0], [9.0]])})
savemat('test_32x32.mat', {'X': x, 'y': np.array([[1]], np.uint8)})
)");
  EXPECT_THAT(dataset_splits(folder_), ElementsAre("train", "test", "extra"));
  const DatasetPtr train = open_dataset(folder_, "train");
  EXPECT_EQ(train->info().form, "svhn");
  EXPECT_THAT(train->info().labels, ElementsAre(0, 3));
  EXPECT_EQ(train->info().image, Shape({3, 2, 3}));
  std::vector<int> expected;  // x[h, w, c, 1]
  for (int i = 1; i < 36; i += 2) expected.push_back(i);
  EXPECT_EQ(pixels_of(train->image(1)), expected);
  EXPECT_THAT(open_dataset(folder_, "extra")->info().labels, ElementsAre(1, 9));
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("expected X of height x width x 3 x images and as many labels"));
}

TEST_F(Mat, UspsResampled) {
  python(R"(
labels = -np.ones((10, 3))
for i, digit in enumerate([7, 0, 9]): labels[digit, i] = 1
patterns = np.zeros((256, 3)); patterns[1, 2] = 1; patterns[0, 2] = -1
savemat('usps_resampled.mat', {'train_patterns': patterns, 'train_labels': labels,
                               'test_patterns': patterns * 2, 'test_labels': labels})
)");
  const DatasetPtr train = open_dataset(folder_, "train");
  EXPECT_THAT(train->info().labels, ElementsAre(7, 0, 9));
  const Image image = train->image(2);
  EXPECT_EQ(image.pixels[0], 0);
  EXPECT_EQ(image.pixels[1], 255);
  EXPECT_EQ(image.pixels[2], 128);
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("expected values from -1 to 1"));
}

TEST_F(Mat, SaysWhatIsWrong) {
  python("savemat('train_32x32.mat', {'X': np.zeros((2, 2, 3, 1)), 'z': 1})");
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("\"X\": expected unsigned bytes"));
  python("savemat('train_32x32.mat', {'X': np.zeros((2, 2, 3, 1), np.uint8)})");
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("there is no readable array \"y\""));
  write("train_32x32.mat", "nothing of the kind");
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("train_32x32.mat: "));
}

}  // namespace
}  // namespace lithe::test
