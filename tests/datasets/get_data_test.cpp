// The script that obtains data sets, as far as it needs no network.
#include <gmock/gmock.h>

#include "tests/cli/program.h"
#include "tests/datasets/folder.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

class GetData : public DataTest {
 protected:
  Outcome get(const std::string& arguments) const {
    return shell(LITHE_SOURCE_DIR "/scripts/get_data " + arguments + " --to " + path("set"));
  }
};

TEST_F(GetData, ListsWhatThereIs) {
  const Outcome list = shell(LITHE_SOURCE_DIR "/scripts/get_data --list");
  EXPECT_EQ(list.code, 0);
  for (const char* name : {"fashion-mnist", "cifar10", "svhn", "omniglot"}) EXPECT_THAT(list.out, HasSubstr(name));
}

TEST_F(GetData, SaysWhereToGetWhatItMayNotFetch) {
  const Outcome outcome = get("svhn");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("Get train_32x32.mat test_32x32.mat from\n  http://ufldl.stanford.edu"));
  EXPECT_EQ(get("sv").code, 2);
  EXPECT_EQ(get("").code, 2);
}

TEST_F(GetData, TakesNothingWithAnotherHashAndLeavesNothingBehind) {
  EXPECT_THAT(get("usps --from " + folder_).err, HasSubstr("usps.bz2 is missing"));
  write("usps.bz2", "x");
  const Outcome outcome = get("usps --from " + folder_);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("usps.bz2: expected hash ec16c51db3855ca6c91edd34d0e9b197, found"));
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) EXPECT_EQ(entry.path().filename(), "usps.bz2");
}

TEST_F(GetData, NamesTheSetThatIsThere) {
  write("set/here", "x");
  EXPECT_EQ(get("usps").code, 0);
  EXPECT_EQ(get("usps").out, path("set") + "\n");
}

}  // namespace
}  // namespace lithe::test
