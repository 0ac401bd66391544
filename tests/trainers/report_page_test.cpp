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

TEST(ReportPage, OpensInABrowser) {
  if (shell("command -v chromium").code != 0) GTEST_SKIP() << "no chromium: scripts/install_packages test";
  const Folder folder;
  write_two_classes(folder / "data");
  const Outcome run =
      shell("lithe train classify --data " + (folder / "data") +
            " --model resnet8 --set width=0.25 --batch 24 --epochs 2 --lr 0.05 --output " + (folder / "run"));
  ASSERT_EQ(run.code, 0) << run.err;
  const Outcome page = opened(folder / "run/report.html", folder / "profile");
  ASSERT_EQ(page.code, 0) << page.err;
  EXPECT_THAT(page.err, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(page.out, HasSubstr("<h1>resnet8, trained on "));
  for (const char* const id : {"curves", "confusion", "classes", "calibration", "worst", "cost", "configuration"}) {
    EXPECT_THAT(page.out, HasSubstr("<section id=\"" + std::string(id) + "\">"));
  }
  EXPECT_THAT(page.out, HasSubstr("<td class=\"t\"><code>width=0.25</code></td>"));
  EXPECT_THAT(page.out, HasSubstr("epoch 2: "));

  // The same browser does complain about a page that wants something.
  write_file(folder / "wants.html",
             "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><img src=x.png>");
  EXPECT_THAT(opened(folder / "wants.html", folder / "profile").err, HasSubstr("CONSOLE"));
}

}  // namespace
}  // namespace lithe::test
