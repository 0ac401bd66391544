#include "datasets/image_list.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/classify/job.h"

namespace lithe::test {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

class Listing : public testing::Test {
 protected:
  Listing() {
    fs::create_directories(folder_);
    fs::current_path(folder_);
    for (const char* name : {"p/b.jpg", "p/a/z.jpg", "p/a-b.jpg", "p/B.jpg", "p/.hidden/x.jpg", "p/.DS_Store",
                             "p/notes.txt", "q/b.jpg", "single.png"}) {
      write_bytes(folder_ + "/" + name, "x");
    }
  }
  ~Listing() override {
    fs::current_path("/");
    fs::remove_all(folder_);
  }
  ImageList list(const std::vector<std::string>& paths, const std::string& input = "") const {
    std::istringstream text(input);
    return list_images(paths, folder_ + "/out", text);
  }
  std::string folder_ = fs::canonical(testing::TempDir()).string() + "/lithe_listing_" + std::to_string(::getpid());
};

TEST_F(Listing, AFolderIsSortedByBytesWithAllBelowIt) {
  const ImageList images = list({"p"});
  EXPECT_EQ(images.root, folder_ + "/p");
  EXPECT_THAT(images.names, ElementsAre("B.jpg", "a-b.jpg", "a/z.jpg", "b.jpg", "notes.txt"));
  EXPECT_EQ(list({folder_ + "/./q/../p/"}).names, images.names);
}

TEST_F(Listing, InAFolderWhatIsNoImageByNameAndContentsIsPassedOver) {
  write_bytes(folder_ + "/p/picture.bin", "x");
  std::istringstream nothing;
  const auto is_bin = [](const std::string& path) { return fs::path(path).extension() == ".bin"; };
  const ImageList images = list_images({"p"}, "", nothing, is_bin);
  EXPECT_THAT(images.names, ElementsAre("B.jpg", "a-b.jpg", "a/z.jpg", "b.jpg", "picture.bin"));
  EXPECT_THAT(images.passed_over, ElementsAre(folder_ + "/p/notes.txt"));
  EXPECT_THAT(list_images({"p/notes.txt/../picture.bin", "single.png"}, "", nothing, [](auto&) { return false; }).names,
              ElementsAre("p/picture.bin", "single.png"))
      << "what is named itself stays";
  fs::create_directory(folder_ + "/texts");
  write_bytes(folder_ + "/texts/classes.txt", "x");
  EXPECT_THROW(list_images({"texts"}, "", nothing, is_bin), Error);
}

TEST_F(Listing, TheRootHoldsAllInputs) {
  const ImageList one = list({"p/a/z.jpg"});
  EXPECT_EQ(one.root, folder_ + "/p/a");
  EXPECT_THAT(one.names, ElementsAre("z.jpg"));
  const ImageList two = list({"q", "p/a", "single.png"});
  EXPECT_EQ(two.root, folder_);
  EXPECT_THAT(two.names, ElementsAre("q/b.jpg", "p/a/z.jpg", "single.png"));
}

TEST_F(Listing, EachFileCountsOnceAtItsFirstPlace) {
  EXPECT_THAT(list({"p/b.jpg", "p", "p/a"}).names, ElementsAre("b.jpg", "B.jpg", "a-b.jpg", "a/z.jpg", "notes.txt"));
}

TEST_F(Listing, ListsNameFilesFromTheirFolderOrTheCurrentOne) {
  write_bytes(folder_ + "/p/list.lst", "b.jpg\r\n\nq/b.jpg\n" + folder_ + "/single.png\nabsent.jpg");
  const ImageList images = list({"p/list.lst"});
  EXPECT_EQ(images.root, folder_);
  EXPECT_THAT(images.names, ElementsAre("p/b.jpg", "q/b.jpg", "single.png", "absent.jpg"));
}

TEST_F(Listing, StandardInputIsAListWithNulOrLineFeed) {
  EXPECT_THAT(list({"-"}, "p/b.jpg\nq/b.jpg\n").names, ElementsAre("p/b.jpg", "q/b.jpg"));
  write_bytes(folder_ + "/p/two\nlines.jpg", "x");
  EXPECT_THAT(list({"-"}, std::string("p/two\nlines.jpg\0q/b.jpg\0", 24)).names,
              ElementsAre("p/two\nlines.jpg", "q/b.jpg"));
}

TEST_F(Listing, LinksAreFollowedButNotInCircles) {
  fs::create_directory_symlink(folder_ + "/q", folder_ + "/p/linked");
  fs::create_directory_symlink(folder_ + "/p", folder_ + "/p/a/back");
  fs::create_symlink("nowhere.jpg", folder_ + "/p/dangling.jpg");
  EXPECT_THAT(list({"p"}).names,
              ElementsAre("B.jpg", "a-b.jpg", "a/z.jpg", "b.jpg", "dangling.jpg", "linked/b.jpg", "notes.txt"));
}

TEST_F(Listing, ResultsAreNoInputs) {
  write_bytes(folder_ + "/out/results.jsonl", "x");
  write_bytes(folder_ + "/out/run.json", "x");
  write_bytes(folder_ + "/out/run.json.17.tmp", "x");
  write_bytes(folder_ + "/out/picture.jpg", "x");
  EXPECT_THAT(list({"out"}).names, ElementsAre("picture.jpg"));
}

TEST_F(Listing, WhatIsNotThereIsAnError) {
  EXPECT_THROW(list({"absent"}), Error);
  fs::create_directory(folder_ + "/empty");
  EXPECT_THROW(list({"empty"}), Error);
  EXPECT_THROW(list({"-"}, ""), Error);
}

TEST_F(Listing, AFolderThatCannotBeReadBecomesAnInput) {
  fs::create_directory(folder_ + "/p/locked");
  ::chmod((folder_ + "/p/locked").c_str(), 0);
  const bool is_root = ::geteuid() == 0;
  fs::permissions(folder_, fs::perms::all);
  ASSERT_EQ(::seteuid(is_root ? 65534 : ::geteuid()), 0);  // root may read everything
  const ImageList images = list({"p"});
  ASSERT_EQ(::seteuid(is_root ? 0 : ::geteuid()), 0);
  EXPECT_THAT(images.names, testing::Contains("locked"));
}

}  // namespace
}  // namespace lithe::test
