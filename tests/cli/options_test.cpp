#include "cli/options.h"

#include <gmock/gmock.h>

#include "pipelines/core/error.h"

namespace lithe::cli {
namespace {

struct Everything {
  Words paths;
  std::string name = "anna", how = "fast";
  int count = 3;
  uint64_t seed = 1;
  double ratio = 0.5;
  bool flag = false;
  std::map<std::string, std::string> set, from;
  std::optional<double> limit;
  template <class Field>
  void visit(Field&& f) {
    f.positional("paths", paths, "what to read", "FILE");
    f("name", name, "a name");
    f("how", how, "a choice", "fast|slow");
    f("count", count, "a number");
    f("seed", seed, "from 0");
    f("ratio", ratio, "a real number");
    f("flag", flag, "on");
    f("set", set, "pairs");
    f("from", from, "folders", "NAME=PATH");
    f("limit", limit, "absent or a number");
  }
};

Everything parsed(const Words& arguments) {
  Everything o;
  OptionCollector collector;
  o.visit(collector);
  parse(collector.take(), arguments);
  return o;
}

std::string complaint(const Words& arguments) {
  try {
    parsed(arguments);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kUsage);
    return e.what();
  }
  return "none";
}

TEST(Options, TakeEveryType) {
  const Everything o = parsed({"a", "--name=otto", "--count", "7", "--ratio=-2.5", "--flag", "--set", "k=v=w", "b",
                               "--set=x=", "--how", "slow", "--limit", "4", "--", "--c"});
  EXPECT_THAT(o.paths, testing::ElementsAre("a", "b", "--c"));
  EXPECT_EQ(o.name, "otto");
  EXPECT_EQ(o.how, "slow");
  EXPECT_EQ(o.count, 7);
  EXPECT_EQ(o.ratio, -2.5);
  EXPECT_TRUE(o.flag);
  EXPECT_EQ(o.set, (std::map<std::string, std::string>{{"k", "v=w"}, {"x", ""}}));
  EXPECT_EQ(o.limit, 4);
}

TEST(Options, KeepDefaults) {
  const Everything o = parsed({"-"});
  EXPECT_THAT(o.paths, testing::ElementsAre("-"));
  EXPECT_EQ(o.name, "anna");
  EXPECT_EQ(o.count, 3);
  EXPECT_FALSE(o.flag);
  EXPECT_FALSE(o.limit);
}

TEST(Options, RefuseWhatIsNotOfTheirType) {
  EXPECT_EQ(complaint({"a", "--count", "7x"}), "--count: expected a whole number, got \"7x\"");
  EXPECT_EQ(complaint({"a", "--count", "99999999999"}), "--count: expected a whole number, got \"99999999999\"");
  EXPECT_EQ(complaint({"a", "--seed=-1"}), "--seed: expected a whole number from 0, got \"-1\"");
  EXPECT_EQ(complaint({"a", "--ratio", "nan"}), "--ratio: expected a finite number, got nan");
  EXPECT_EQ(complaint({"a", "--set", "width"}), "--set: expected KEY=VALUE, got \"width\"");
  EXPECT_EQ(complaint({"a", "--from", "x="}), "--from: expected NAME=PATH, got \"x=\"");
  EXPECT_EQ(complaint({"a", "--how", "slwo"}), "--how: expected fast|slow, got \"slwo\" (did you mean \"slow\"?)");
}

TEST(Options, NameTheNearestOption) {
  EXPECT_EQ(complaint({"a", "--cuont", "7"}), "unknown option --cuont (did you mean \"--count\"?)");
  EXPECT_EQ(complaint({"a", "--rat", "7"}), "unknown option --rat (did you mean \"--ratio\"?)");  // no abbreviations
}

TEST(Options, RefuseMissingAndRepeatedOnes) {
  EXPECT_THAT(complaint({}), testing::HasSubstr("PATHS is missing"));
  EXPECT_THAT(complaint({"a", "--name"}), testing::HasSubstr("--name"));
  EXPECT_THAT(complaint({"a", "--count", "1", "--count", "2"}), testing::HasSubstr("--count"));
  EXPECT_EQ(complaint({"a", "--from", "x=y", "--from=x=z"}),
            "--from x=z: the name x is taken already; give each its own");
  EXPECT_THAT(complaint({"a", "--flag=no"}), testing::HasSubstr("--flag"));
  EXPECT_EQ(complaint({"a", "-x"}), "unknown option -x");
}

}  // namespace
}  // namespace lithe::cli
