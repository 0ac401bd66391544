// Pages: what they hold, and that nothing which was read becomes markup.
#include "trainers/report.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pipelines/core/command_line.h"
#include "pipelines/core/random.h"
#include "pipelines/networks/registry.h"
#include "trainers/report_charts.h"
#include "trainers/report_html.h"

namespace lithe {
namespace {

using testing::HasSubstr;
using testing::Not;

int occurrences(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Html, TextIsEscaped) {
  EXPECT_EQ(Html("<b>&\"'").str(), "&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(Html("h\xc3\xa9\xe7\x8c\xab").str(), "h\xc3\xa9\xe7\x8c\xab");
  EXPECT_EQ(Html("a\xff\x01z").str(), "a\xef\xbf\xbd\xef\xbf\xbdz");
  EXPECT_EQ(tag("td", attr("title", "\"><script>"), "<i>", tag("b", "x")).str(),
            "<td title=\"&quot;&gt;&lt;script&gt;\">&lt;i&gt;<b>x</b></td>");
  EXPECT_EQ(tag("img", attr("alt", "x")).str(), "<img alt=\"x\">");
}

TEST(LineChart, NoValueThatIsNotFiniteGetsIn) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& y :
       {std::vector<double>{1, NAN, 3, inf, -inf, 2}, {NAN, inf}, {5, 5}, {0}, {1e-30}}) {
    const std::string svg = line_chart("t", {{"s", "a", y}}, Unit::kNumber, 1).str();
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
  }
  const std::string svg = line_chart("t", {{"s", "a", {1, NAN, 3, 4}}}, Unit::kNumber, 1).str();
  EXPECT_EQ(occurrences(svg, "<circle"), 3);
  const size_t d = svg.find(" d=\"");
  EXPECT_EQ(occurrences(svg.substr(d, svg.find("\"></path>") - d), "M"), 2) << "a gap, no bridge";
}

TEST(CommandLine, SaysWhatIsNotUsualAndQuotes) {
  ClassificationOptions o;
  o.data = "my 'photos'", o.model = "resnet8", o.output = "run";
  EXPECT_EQ(command_line("lithe train classify", o),
            "lithe train classify --data 'my '\\''photos'\\''' --model resnet8 --output run");
  o.set = {{"width", "0.5"}}, o.freeze = {"a.*", "b"}, o.augmentation.flip = true, o.learning_rate.lr = 0.3;
  EXPECT_EQ(command_line("x", o).substr(1),
            " --data 'my '\\''photos'\\''' --model resnet8 --set width=0.5 --freeze 'a.*' --freeze b "
            "--output run --flip --lr 0.3");
}

/// Random pixels under names that nobody would choose.
class Pictures final : public Dataset {
 public:
  Pictures(int classes, int64_t side) : Dataset(made(classes, side)), pixels_(static_cast<size_t>(3 * side * side)) {
    const RandomStream random(1, "pixels");
    for (size_t i = 0; i < pixels_.size(); ++i) pixels_[i] = static_cast<uint8_t>(random.bits(i));
  }
  std::string where(int64_t i) const override { return info().path + "/" + std::to_string(i) + ".png"; }
  Image image(int64_t) const override { return {info().image[1], info().image[2], 3, pixels_.data()}; }

 private:
  static DatasetInfo made(int classes, int64_t side) {
    DatasetInfo info{"folder", "/pictures/</style><script>alert(1)</script>", "test", {}, {}, {3, side, side}};
    for (int c = 0; c < classes; ++c) {
      info.class_names.push_back("<b>&\"" + std::to_string(c));
      for (int i = 0; i < 5; ++i) info.labels.push_back(c);
    }
    return info;
  }
  std::vector<uint8_t> pixels_;
};

// Every third answer is wrong, one of them without any confidence.
std::string page_of(int classes, int64_t side) {
  EvaluationReport report;
  report.set = std::make_shared<Pictures>(classes, side);
  const DatasetInfo& info = report.set->info();
  report.where = info.path, report.split = info.split, report.class_names = info.class_names;
  for (size_t i = 0; i < info.labels.size(); ++i) {
    const int label = info.labels[i];
    const int top = i % 3 == 0 ? (label + 1) % classes : label;
    report.predictions.push_back({label, top, true, 0.8, top == label ? 0.2 : 2.0});
  }
  report.predictions[0].loss = std::numeric_limits<double>::infinity(), report.predictions[0].confidence = 0;
  report.evaluation = evaluate(report.predictions, classes);
  Model model;
  model.network = "resnet8", model.graph = build_network("resnet8", {{"classes", std::to_string(classes)}});
  return evaluation_page(model, report, "lithe evaluate --data '<x>'");
}

TEST(EvaluationPage, TextNeverBecomesMarkup) {
  const std::string page = page_of(3, 32);
  EXPECT_EQ(occurrences(page, "<b>&\""), 0);
  EXPECT_EQ(occurrences(page, "<script"), 0);
  EXPECT_GT(occurrences(page, "&lt;b&gt;&amp;&quot;2"), 0);
  EXPECT_GT(occurrences(page, "lithe evaluate --data &#39;&lt;x&gt;&#39;"), 0);
}

TEST(EvaluationPage, NeedsNothingElse) {
  const std::string page = page_of(3, 100);
  for (const char* const other : {"url(", "http://", "https://", "@import"}) EXPECT_EQ(occurrences(page, other), 0);
  EXPECT_EQ(occurrences(page, " src="), occurrences(page, " src=\"data:image/"));
  EXPECT_GT(occurrences(page, "data:image/jpeg"), 0);
  EXPECT_GT(occurrences(page_of(3, 64), "data:image/png"), 0);
  // Not of a number, and not at a number's place.
  for (const char* const bad : {">nan", "\"nan", ">inf", "\"inf", ">-nan", "\"-nan"})
    EXPECT_EQ(occurrences(page, bad), 0);
}

TEST(EvaluationPage, HoldsTheCounts) {
  const std::string page = page_of(3, 32);
  EXPECT_GT(occurrences(page, "66.67%"), 0);  // 10 of 15
  EXPECT_EQ(occurrences(page, "<td class=\"right\""), 3);
  EXPECT_EQ(occurrences(page, "<td class=\"wrong\""), 3);
  EXPECT_EQ(occurrences(page, "<img "), 5);
  EXPECT_GT(occurrences(page, "loss n/a"), 0);
  EXPECT_GT(occurrences(page, "<th scope=\"row\" class=\"t\">layer1.0</th>"), 0);
}

TEST(EvaluationPage, ManyClassesBecomeAMap) {
  const std::string page = page_of(100, 32);
  EXPECT_EQ(occurrences(page, "<table class=\"matrix\""), 0);
  EXPECT_GT(occurrences(page, "viewBox=\"0 0 100 100\""), 0);
  EXPECT_EQ(occurrences(page, "<img "), 24);
  EXPECT_LT(page.size(), 400'000u);
  EXPECT_EQ(occurrences(page_of(500, 8), "viewBox=\"0 0 500 500\""), 0) << "too many to point at";
}

}  // namespace
}  // namespace lithe
