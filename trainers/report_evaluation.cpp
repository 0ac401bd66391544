#include "trainers/report_evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "datasets/encode.h"
#include "pipelines/graph/cost.h"
#include "trainers/report_charts.h"

namespace lithe {
namespace {

constexpr size_t kTableClasses = 20;  // more do not fit as a table with numbers
constexpr size_t kMapClasses = 400;   // and more than these not as a map whose cells one can point at
constexpr size_t kConfusions = 15;
constexpr int64_t kWorstImages = 24;

/// A cell of the confusion matrix.
struct Cell {
  size_t label, prediction;
  int64_t images;
  double share;  // of the images with that label
};

std::vector<Cell> cells_of(const Evaluation& e) {
  const size_t count = e.classes.size();
  std::vector<Cell> cells;
  for (size_t i = 0; i < e.confusion.size(); ++i) {
    const int64_t images = e.confusion[i], all = e.classes[i / count].samples;
    cells.push_back(
        {i / count, i % count, images, all > 0 ? static_cast<double>(images) / static_cast<double>(all) : 0});
  }
  return cells;
}

const char* kind(const Cell& cell) { return cell.label == cell.prediction ? "right" : "wrong"; }

// Wrong answers are few and must be seen all the same.
HtmlAttribute shade(const Cell& cell) { return attr("style", "--v:" + coordinate(std::sqrt(cell.share))); }

std::string in_words(const Cell& cell, const std::vector<std::string>& names) {
  return names[cell.label] + " taken for " + names[cell.prediction] + ": " + grouped(cell.images) + " (" +
         percent(cell.share) + ")";
}

Html matrix_table(const std::vector<Cell>& cells, const std::vector<std::string>& names) {
  Html head = tag("th", attr("scope", "col"), "is \\ taken for"), body, row;
  for (const std::string& name : names) {
    head += tag("th", attr("scope", "col"), tag("span", attr("class", "upright"), name));
  }
  for (const Cell& cell : cells) {
    if (cell.prediction == 0) row = tag("th", attr("scope", "row"), names[cell.label]);
    row += cell.images == 0 ? tag("td", attr("class", "none"), "0")
                            : tag("td", attr("class", kind(cell)), shade(cell), attr("title", in_words(cell, names)),
                                  grouped(cell.images));
    if (cell.prediction + 1 == names.size()) body += tag("tr", row);
  }
  return tag("div", attr("class", "scroll"), attr("role", "region"), attr("tabindex", "0"),
             attr("aria-label", "confusion matrix"),
             tag("table", attr("class", "matrix"), tag("caption", "Images by class (rows) and answer (columns)"),
                 tag("thead", tag("tr", head)), tag("tbody", body)));
}

Html matrix_map(const std::vector<Cell>& cells, const std::vector<std::string>& names) {
  const std::string side = std::to_string(names.size());
  Html drawing;
  for (const Cell& cell : cells) {
    if (cell.images == 0) continue;
    drawing += tag("rect", attr("class", kind(cell)), shade(cell), attr("x", std::to_string(cell.prediction)),
                   attr("y", std::to_string(cell.label)), attr("width", "1"), attr("height", "1"),
                   tag("title", in_words(cell, names)));
  }
  return tag(
      "figure", attr("class", "map"),
      tag("figcaption", "Rows: class, columns: answer, both in the order of the labels; point at a cell to read it."),
      tag("svg", attr("role", "img"), attr("viewBox", "0 0 " + side + " " + side),
          attr("aria-label", "confusion matrix"), drawing));
}

Html confusions_table(std::vector<Cell> cells, const std::vector<std::string>& names) {
  cells.erase(std::remove_if(cells.begin(), cells.end(),
                             [](const Cell& c) { return c.images == 0 || c.label == c.prediction; }),
              cells.end());
  std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.images > b.images; });
  if (cells.size() > kConfusions) cells.resize(kConfusions);
  if (cells.empty()) return tag("p", "No image was taken for another class.");
  Table table{"The most frequent confusions", {"class", "taken for", "#images", "#of the class"}, {}};
  for (const Cell& c : cells) {
    table.rows.push_back({names[c.label], names[c.prediction], grouped(c.images), percent(c.share)});
  }
  return html_of(table);
}

Html confusion(const EvaluationReport& report) {
  const std::vector<Cell> cells = cells_of(report.evaluation);
  const std::vector<std::string>& names = report.class_names;
  Html html;
  if (names.size() <= kTableClasses) html += matrix_table(cells, names);
  if (names.size() > kTableClasses && names.size() <= kMapClasses) html += matrix_map(cells, names);
  html += confusions_table(cells, names);
  return tag("div", attr("class", "beside"), html);
}

Html classes(const EvaluationReport& report) {
  const std::vector<ClassCounts>& counts = report.evaluation.classes;
  std::vector<size_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return counts[a].f1() < counts[b].f1(); });
  Table table{"Classes, the lowest F1 first", {"class", "#images", "#precision", "#recall", "#F1"}, {}};
  for (const size_t c : order) {
    table.rows.push_back({report.class_names[c], grouped(counts[c].samples), percent(counts[c].precision()),
                          percent(counts[c].recall()), percent(counts[c].f1())});
  }
  return html_of(table);
}

Html calibration(const Evaluation& e) {
  Html html = reliability_diagram(e);
  html += tag("p", "Expected calibration error ", tag("b", percent(e.calibration_error.value)), " (95% interval ",
              interval(e.calibration_error, percent), "): how far confidence and accuracy are apart on average.");
  return html;
}

Html worst_images(const EvaluationReport& report) {
  constexpr int kLongest = 192;
  Html shots;
  int64_t shown = 0;
  for (const int64_t i : worst(report.predictions, report.set->size())) {
    const Prediction& p = report.predictions[static_cast<size_t>(i)];
    if (p.top == p.label) continue;
    if (++shown > kWorstImages) break;
    const auto name = [&](int c) { return report.class_names[static_cast<size_t>(c)]; };
    shots += tag(
        "figure", tag("img", attr("src", data_uri(report.set->image(i), kLongest)), attr("alt", name(p.label))),
        tag("figcaption", tag("b", name(p.label)), " taken for ", tag("b", name(p.top)), " (", percent(p.confidence),
            "), loss ", significant(p.loss), tag("span", attr("class", "where"), report.set->where(i))));
  }
  if (shots.empty()) return tag("p", "Every answer was right.");
  return tag("div", attr("class", "shots"), shots);
}

}  // namespace

std::string interval(const Estimate& e, std::string (*shown)(double)) { return shown(e.low) + " to " + shown(e.high); }

Html evaluation_sections(const EvaluationReport& report) {
  Html html = section("confusion", "Confusion", confusion(report));
  html += section("classes", "Classes", classes(report));
  html += section("calibration", "Calibration", calibration(report.evaluation));
  html += section("worst", "Wrong answers with the largest loss", worst_images(report));
  return html;
}

}  // namespace lithe
