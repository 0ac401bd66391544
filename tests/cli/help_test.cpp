// Help, completion and the reference page, all made from the table of commands.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

nlohmann::json commands() { return nlohmann::json::parse(shell("lithe list commands --json").out); }

TEST(Help, OfEveryCommandHasExamplesFirstAndAllOptions) {
  ASSERT_GE(commands().size(), 13u);
  for (const auto& command : commands()) {
    const std::string name = command["name"];
    const Outcome help = shell("lithe " + name + " --help");
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_THAT(help.err, IsEmpty());
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  # ")) << name;
    EXPECT_LT(help.out.find("Examples:"), help.out.find("Usage:")) << name;
    for (const auto& option : command["options"]) {
      EXPECT_THAT(help.out, HasSubstr("\n  " + option["name"].get<std::string>())) << name;
      EXPECT_FALSE(option["help"].get<std::string>().empty()) << name << " " << option["name"];
    }
    EXPECT_EQ(shell("lithe " + name + " -h").out, help.out);
    EXPECT_EQ(shell("lithe help " + name).out, help.out);
    EXPECT_EQ(shell("lithe " + name + " --no-such-option --help").out, help.out);
  }
}

TEST(Help, WithoutACommandListsThemAll) {
  const Outcome help = shell("lithe --help");
  EXPECT_EQ(help.code, 0);
  for (const auto& command : commands()) EXPECT_THAT(help.out, HasSubstr("\n  " + command["name"].get<std::string>()));
  EXPECT_EQ(shell("lithe help").out, help.out);
  const Outcome bare = shell("lithe");
  EXPECT_EQ(bare.code, 2);
  EXPECT_EQ(bare.err, help.out);
  EXPECT_THAT(bare.out, IsEmpty());
}

TEST(Help, ReferencePagesAreCurrent) {
  for (const std::string call : {"--markdown > docs/commands.md", "exit-codes > docs/exit_codes.md"}) {
    const std::string diff =
        call.substr(0, call.find('>')) + "| diff - " LITHE_SOURCE_DIR "/" + call.substr(call.find("docs"));
    EXPECT_EQ(shell("set -o pipefail; lithe help " + diff).out, "") << "run: build/release/lithe help " << call;
  }
}

TEST(Names, UnknownOnesAreUsageErrorsWithASuggestion) {
  const auto expect = [](const std::string& line, const std::string& suggestion) {
    const Outcome outcome = shell(line);
    EXPECT_EQ(outcome.code, 2) << line;
    EXPECT_THAT(outcome.out, IsEmpty()) << line;
    EXPECT_THAT(outcome.err, StartsWith("error: ")) << line;
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << line << ": one line, got " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(suggestion)) << line;
  };
  expect("lithe clasify photos", "did you mean \"classify\"?");
  expect("lithe help inspekt", "did you mean \"inspect\"?");
  expect("lithe inspect micronet_m0 --jason", "did you mean \"--json\"?");
  expect("lithe inspect micronet_mO", "did you mean \"micronet_m0\"?");
  expect("lithe inspect micronet_m0 --set clases=10", "did you mean \"classes\"?");
  expect("lithe bench resnet_18", "did you mean \"resnet18\"?");
  expect("lithe list network", "did you mean \"networks\"?");
  expect("lithe list", "WHAT is missing");
  expect("lithe list networks operators", "too many arguments");
  expect("lithe completion tcsh", "expected bash|zsh|fish");
  expect("lithe run --model micronet_m0", "--input is missing");
}

TEST(Completion, BashScriptIsValidAndCompletes) {
  EXPECT_EQ(shell("lithe completion bash | bash -n").code, 0);
  const auto complete = [](const std::string& words, int at) {
    return shell("source <(lithe completion bash); COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                 "; _lithe; printf '%s\\n' \"${COMPREPLY[@]}\"")
        .out;
  };
  EXPECT_EQ(complete("lithe clas", 1), "classify\n");
  EXPECT_EQ(complete("lithe classify --out", 2), "--output\n");
  EXPECT_EQ(complete("lithe classify --engine op", 3), "opencv\n");
  EXPECT_EQ(complete("lithe inspect micronet_m3", 2), "micronet_m3\n");
  EXPECT_EQ(complete("lithe help exp", 2), "export\n");
  EXPECT_EQ(complete("lithe run --input " LITHE_SOURCE_DIR "/READM", 3), LITHE_SOURCE_DIR "/README.md\n");
}

TEST(Completion, OtherShellsKnowEveryCommandAndOption) {
  const std::string fish = shell("lithe completion fish").out, zsh = shell("lithe completion zsh").out;
  for (const auto& command : commands()) {
    const std::string name = command["name"];
    EXPECT_THAT(fish, HasSubstr("__fish_use_subcommand -a " + name + " "));
    EXPECT_THAT(zsh, HasSubstr("\n    " + name + ") "));
    for (const auto& option : command["options"]) {
      const std::string shown = option["name"];
      if (shown.rfind("--", 0) != 0) continue;
      EXPECT_THAT(fish, HasSubstr("__fish_seen_subcommand_from " + name + "' -l " + shown.substr(2) + " "));
      EXPECT_THAT(zsh, HasSubstr(shown + " "));
    }
  }
}

}  // namespace
}  // namespace lithe::test
