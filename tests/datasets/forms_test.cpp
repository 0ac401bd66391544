// One small set of every form whose files are simple enough to be written here.
#include <bzlib.h>
#include <gmock/gmock.h>
#include <zip.h>

#include <opencv2/imgcodecs.hpp>

#include "tests/datasets/folder.h"

namespace lithe::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

using Forms = DataTest;

std::string png(const cv::Mat& bgr) {
  std::vector<uint8_t> bytes;
  cv::imencode(".png", bgr, bytes);
  return {bytes.begin(), bytes.end()};
}

// A picture of one colour.
std::string plain(int red, int green, int blue, int width = 3, int height = 2) {
  return png(cv::Mat(height, width, CV_8UC3, cv::Scalar(blue, green, red)));
}

std::string bzip2(const std::string& text) {
  std::string packed(text.size() + 1000, '\0');
  auto size = static_cast<unsigned>(packed.size());
  BZ2_bzBuffToBuffCompress(packed.data(), &size, const_cast<char*>(text.data()), static_cast<unsigned>(text.size()), 9,
                           0, 0);
  packed.resize(size);
  return packed;
}

// Labels, then planes of red, green and blue that count up from `first`, `first` + 50 and `first` + 100.
std::string cifar_record(const std::string& labels, int first) {
  std::string record = labels;
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < 1024; ++i) record += static_cast<char>(first + 50 * c + i % 32);
  }
  return record;
}

TEST_F(Forms, Cifar10) {
  std::string names;
  for (int c = 0; c < 10; ++c) names += "class" + std::to_string(c) + "\n";
  write("batches.meta.txt", names + "\n");
  for (int b = 1; b <= 5; ++b) {
    write("data_batch_" + std::to_string(b) + ".bin", cifar_record(std::string(1, static_cast<char>(b)), b));
  }
  write("test_batch.bin", cifar_record("\x09", 60) + cifar_record(std::string(1, '\0'), 70));
  const DatasetPtr train = open_dataset(folder_, "train"), test = open_dataset(folder_, "test");
  EXPECT_EQ(train->info().form, "cifar10");
  EXPECT_THAT(train->info().labels, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(train->info().class_names[3], "class3");
  EXPECT_EQ(train->info().image, Shape({3, 32, 32}));
  const std::vector<int> pixels = pixels_of(test->image(0));
  EXPECT_THAT(std::vector<int>(pixels.begin(), pixels.begin() + 6), ElementsAre(60, 110, 160, 61, 111, 161));
  EXPECT_EQ(pixels[3 * 32], 60);  // the next row

  write("data_batch_3.bin", cifar_record("\x01", 0) + "x");
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("data_batch_3.bin: expected records of 3073 bytes, found 3074"));
  write("test_batch.bin", cifar_record("\x0a", 60));
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("label of image 0: expected 0 to 9, found 10"));
  std::filesystem::remove(path("data_batch_3.bin"));
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("data_batch_3.bin: cannot open"));
}

TEST_F(Forms, Cifar100InTheFolderOfItsArchive) {
  std::string names;
  for (int c = 0; c < 100; ++c) names += "class" + std::to_string(c) + "\n";
  write("cifar-100-binary/fine_label_names.txt", names);
  write("cifar-100-binary/train.bin", cifar_record("\x05\x63", 1));
  write("cifar-100-binary/test.bin", cifar_record("\x05\x02", 1));
  EXPECT_EQ(open_dataset(folder_, "train")->label(0), 99);  // the fine one
  EXPECT_EQ(open_dataset("cifar100:" + folder_, "test")->label(0), 2);
}

TEST_F(Forms, PngStrips) {
  cv::Mat strip(2, 4, CV_8UC3);  // two images of 2 x 2
  for (int i = 0; i < 24; ++i) strip.data[i] = static_cast<uint8_t>(i);
  write("data_batch_1.png", png(strip));
  write("data_batch_2.png", png(strip + cv::Scalar::all(100)));
  write("test_batch.png", png(strip));
  write("train_lables.json", "[1,0,1,2]");
  write("test_lables.json", "[2,2]");
  const DatasetPtr train = open_dataset(folder_, "train");
  EXPECT_EQ(train->info().form, "png-strips");
  EXPECT_EQ(train->size(), 4);
  EXPECT_EQ(train->label(3), 2);
  EXPECT_EQ(train->info().image, Shape({3, 2, 2}));
  EXPECT_THAT(pixels_of(train->image(3)), ElementsAre(114, 113, 112, 117, 116, 115, 120, 119, 118, 123, 122, 121));
  write("test_lables.json", "[2]");
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("1 labels of images of 12 bytes need 12 bytes, found 24"));
  write("test_lables.json", "[2,\"cat\"]");
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("label 1: expected a small whole number, found \"cat\""));
  write("test_lables.json", "{\"labels\": 1");
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("expected an array of labels in JSON"));
  std::filesystem::resize_file(path("data_batch_2.png"), 60);
  EXPECT_THAT(error_of(folder_, "train"), HasSubstr("data_batch_2.png: "));
}

TEST_F(Forms, UspsText) {
  write("usps.bz2", bzip2("1 1:-1 2:1 256:0.5 \n10 3:-0.2\r\n"));
  write("usps.t.bz2", bzip2("4 1:-1"));
  const DatasetPtr train = open_dataset(folder_, "train");
  EXPECT_EQ(train->info().form, "usps");
  EXPECT_THAT(train->info().labels, ElementsAre(0, 9));
  const std::vector<int> pixels = pixels_of(train->image(0));
  ASSERT_EQ(pixels.size(), 256u);
  EXPECT_THAT(std::vector<int>(pixels.begin(), pixels.begin() + 3), ElementsAre(0, 255, 128));
  EXPECT_EQ(pixels[255], 191);
  EXPECT_EQ(open_dataset(folder_, "test")->label(0), 3);
  for (const char* line : {"1 257:0", "1 0:0", "1 2:1.5", "one 2:1", "1 2", "1 2:nan"}) {
    write("usps.t.bz2", bzip2(std::string("4 1:-1\n") + line));
    EXPECT_THAT(error_of(folder_, "test"), HasSubstr("usps.t.bz2: line 2: expected")) << line;
  }
  write("usps.t.bz2", bzip2(std::string(5000, '1')).substr(0, 30));
  EXPECT_THAT(error_of(folder_, "test"), HasSubstr("the bzip2 data is damaged or cut off"));
}

TEST_F(Forms, QuickDrawStrokesAndBitmaps) {
  write("full_simplified_line.ndjson", R"({"word":"line","drawing":[[[0,255],[0,0]]]})"
                                       "\n\n"
                                       R"({"word":"line","drawing":[[[10,10.5],[0,900],[1,2]],[[5],[5]]]})"
                                       "\n");
  std::string bitmap = "[0.5";
  for (int i = 1; i < 784; ++i) bitmap += ",0";
  write("blank.ndjson", bitmap + "]");
  const DatasetPtr set = open_dataset(folder_);
  EXPECT_EQ(set->info().form, "quickdraw");
  EXPECT_THAT(set->info().class_names, ElementsAre("blank", "line"));
  EXPECT_THAT(set->info().labels, ElementsAre(0, 1, 1));
  EXPECT_EQ(set->image(0).pixels[0], 128);
  const Image line = set->image(1);  // through the middle, from margin to margin
  EXPECT_GT(line.pixels[14 * 28 + 14], 150);
  EXPECT_LT(line.pixels[14 * 28 + 0], 50);
  EXPECT_GT(line.pixels[14 * 28 + 3], 150);
  EXPECT_EQ(line.pixels[5 * 28 + 14], 0);
  EXPECT_GT(set->image(2).pixels[14 * 28 + 14], 150);  // reduced to the square
  for (const char* bad : {"{\"word\":1}", "[1,2]", "{\"drawing\":[[[1],[1,2]]]}", "{\"drawing\":[]}", "nonsense",
                          "{\"drawing\":[[[\"a\"],[1]]]}", "{\"drawing\":7}"}) {
    write("blank.ndjson", bitmap + "]\n" + bad);
    EXPECT_THAT(error_of(folder_), HasSubstr("blank.ndjson: line 2: ")) << bad;
  }
}

TEST_F(Forms, OmniglotZip) {
  zip_t* archive = zip_open(path("images_background.zip").c_str(), ZIP_CREATE, nullptr);
  const std::string file = plain(0, 0, 0, 5, 5);
  for (const char* name : {"Greek/character02/1_01.png", "Greek/character01/2_01.png", "Latin/character01/3_01.png"}) {
    const std::string entry = std::string("images_background/") + name;
    zip_source_t* source = zip_source_buffer(archive, file.data(), file.size(), 0);
    ASSERT_GE(zip_file_add(archive, entry.c_str(), source, 0), 0);
  }
  zip_close(archive);
  EXPECT_THAT(dataset_splits(folder_), ElementsAre("background"));
  const DatasetPtr set = open_dataset(path("images_background.zip"));
  EXPECT_EQ(set->info().form, "omniglot");
  EXPECT_THAT(set->info().class_names, ElementsAre("Greek/character01", "Greek/character02", "Latin/character01"));
  EXPECT_THAT(set->info().labels, ElementsAre(0, 1, 2));
  EXPECT_EQ(set->image(0).channels, 1);
  EXPECT_EQ(set->image(0).width, 5);
  EXPECT_THAT(set->where(1), HasSubstr("images_background.zip: Greek/character02/1_01.png"));
  std::filesystem::resize_file(path("images_background.zip"), 100);
  EXPECT_THAT(error_of(folder_), HasSubstr("cannot be opened as a zip archive"));
}

TEST_F(Forms, FoldersOfClasses) {
  write("cat/b.png", plain(1, 2, 3));
  write("cat/deeper/a.PNG", plain(4, 5, 6));
  write("ant/c.jpg.png", plain(7, 8, 9));
  write("ant/notes.txt", "no image");
  write("readme.png", plain(0, 0, 0));
  const DatasetPtr set = open_dataset(folder_);
  EXPECT_EQ(set->info().form, "classes");
  EXPECT_THAT(set->info().class_names, ElementsAre("ant", "cat"));
  EXPECT_THAT(set->info().labels, ElementsAre(0, 1, 1));
  EXPECT_TRUE(set->info().image.empty());
  const Image image = set->image(1);
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.height, 2);
  EXPECT_THAT(pixels_of(image), ElementsAre(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3));
  write("cat/b.png", "damaged");
  EXPECT_THAT(error_of(folder_), HasSubstr("cat/b.png: "));
}

TEST_F(Forms, FoldersOfDomainsShareTheirClasses) {
  write("photo/cat/1.png", plain(1, 1, 1));
  write("photo/dog/1.png", plain(1, 1, 1));
  write("train/ant/1.png", plain(2, 2, 2));
  write("train/dog/1.png", plain(2, 2, 2));
  EXPECT_THAT(dataset_splits(folder_), ElementsAre("train", "photo"));
  const DatasetPtr photo = open_dataset(folder_, "photo");
  EXPECT_EQ(photo->info().form, "domains");
  EXPECT_THAT(photo->info().class_names, ElementsAre("ant", "cat", "dog"));
  EXPECT_THAT(photo->info().labels, ElementsAre(1, 2));
  EXPECT_THAT(open_dataset(folder_, "train")->info().labels, ElementsAre(0, 2));
  EXPECT_EQ(open_dataset(path("photo"))->classes(), 2);
}

TEST_F(Forms, ListsOfFiles) {
  write("a b.png", plain(1, 1, 1));
  write("sub/c.png", plain(2, 2, 2));
  write("numbers.txt", "a b.png 2\nsub/c.png\t0\r\n");
  const DatasetPtr numbers = open_dataset(path("numbers.txt"));
  EXPECT_EQ(numbers->info().form, "list");
  EXPECT_THAT(numbers->info().labels, ElementsAre(2, 0));
  EXPECT_EQ(numbers->classes(), 3);
  EXPECT_THAT(pixels_of(numbers->image(1)), Each(2));
  write("names.csv", "a b.png,zebra\nsub/c.png,1\n");
  const DatasetPtr names = open_dataset(path("names.csv"));
  EXPECT_THAT(names->info().class_names, ElementsAre("1", "zebra"));
  EXPECT_THAT(names->info().labels, ElementsAre(1, 0));
  write("names.csv", "a b.png,zebra\nsub\n");
  EXPECT_THAT(error_of(path("names.csv")), HasSubstr("line 2: expected \"FILE LABEL\", found \"sub\""));
  write("names.csv", "gone.png 0\n");
  EXPECT_THAT(error_of(path("names.csv")), HasSubstr("gone.png: No such file"));
}

TEST_F(Forms, WhatIsNoneIsAnErrorThatNamesThemAll) {
  EXPECT_THAT(error_of(folder_), HasSubstr("there is no file in this folder; expected a folder with one folder of"));
  write("notes.md", "none");
  EXPECT_THAT(error_of(folder_), HasSubstr("no data set of a known form; expected one of:\n  idx: "));
  EXPECT_THAT(error_of("cifar10:" + folder_), HasSubstr("no data set of the form cifar10: expected a folder with"));
  EXPECT_THAT(error_of("cifar1:" + folder_), HasSubstr("\"cifar1\" is no form of data sets (did you mean"));
  EXPECT_THAT(error_of(path("nowhere")), HasSubstr("nowhere: no such file or folder"));
}

}  // namespace
}  // namespace lithe::test
