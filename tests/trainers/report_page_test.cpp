// The page of a run as a browser shows it.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/cli/program.h"
#include "tests/trainers/two_classes.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// What a page looks like to Chromium: the document, then whatever it had to say about it. The policy of the page turns
// every request into a message on the console.
Outcome opened(const std::string& page, const std::string& profile) {
  return shell(
      "chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking "
      "--disable-component-update --no-first-run --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir=" +
      profile + " --enable-logging=stderr --virtual-time-budget=1000 --dump-dom file://" + page);
}

class ReportPage : public testing::Test {
 protected:
  ReportPage() { write_two_classes(folder_ / "data"); }
  void SetUp() override {
    if (shell("command -v chromium").code != 0) GTEST_SKIP() << "no chromium: scripts/install_packages test";
  }
  // The page of the run that `command` makes, which must be whole.
  std::string page_of(const std::string& command, const std::vector<std::string>& sections) const {
    const Outcome run = shell(command + " --set width=0.25 --output " + (folder_ / "run"));
    EXPECT_EQ(run.code, 0) << run.err;
    const Outcome page = opened(folder_ / "run/report.html", folder_ / "profile");
    EXPECT_EQ(page.code, 0) << page.err;
    EXPECT_THAT(page.err, Not(HasSubstr("CONSOLE")));
    for (const std::string& id : sections) EXPECT_THAT(page.out, HasSubstr("<section id=\"" + id + "\">"));
    EXPECT_THAT(page.out, HasSubstr("<td class=\"t\"><code>width=0.25</code></td>"));
    return page.out;
  }

  const Folder folder_;
};

TEST_F(ReportPage, OfATrainingOpensInABrowser) {
  const std::string page =
      page_of("lithe train classify --data " + (folder_ / "data") + " --model resnet8 --batch 24 --epochs 2 --lr 0.05",
              {"curves", "confusion", "classes", "calibration", "worst", "cost", "configuration"});
  EXPECT_THAT(page, HasSubstr("<h1>resnet8, trained on "));
  EXPECT_THAT(page, HasSubstr("epoch 2: "));

  // The same browser does complain about a page that wants something.
  write_file(folder_ / "wants.html",
             "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><img src=x.png>");
  EXPECT_THAT(opened(folder_ / "wants.html", folder_ / "profile").err, HasSubstr("CONSOLE"));
}

TEST_F(ReportPage, OfAnAdaptationOpensInABrowser) {
  const std::string adapt = "lithe adapt drt --source a=" + (folder_ / "data") + " --target b=" + (folder_ / "data") +
                            " --model drt_digits --recipe digits-table --batch 16 --epochs 2 --steps 4 --st-epochs 1";
  const std::vector<std::string> always{"stages", "curves", "embedding", "shares", "cost", "configuration"};
  const std::string plain = page_of(adapt + " --unlabelled-target", always);
  EXPECT_THAT(plain, HasSubstr("<h1>drt_digits, adapted to b</h1>"));
  EXPECT_THAT(plain, HasSubstr("Features of sources and target"));
  EXPECT_THAT(plain, Not(HasSubstr("ORACLE")));
  EXPECT_THAT(plain, Not(HasSubstr("Target top-1"))) << "nothing to measure it on";

  const std::string labelled = page_of(adapt + " --fresh --method drt+st --oracle", always);
  for (const char* const id : {"confusion", "classes", "calibration", "worst"}) {
    EXPECT_THAT(labelled, HasSubstr("<section id=\"" + std::string(id) + "\">"));
  }
  EXPECT_THAT(labelled, HasSubstr("ORACLE target top-1"));
  EXPECT_THAT(labelled, HasSubstr("--method drt+st"));
  EXPECT_THAT(labelled, HasSubstr("Behind epoch 2"));
}

}  // namespace
}  // namespace lithe::test
