#include "trainers/report_charts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "pipelines/graph/cost.h"

namespace lithe {
namespace {

// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1., 2., 5.}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// A scale from data to coordinates, and its ticks.
struct Axis {
  double low, high, from, to, step;
  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
  std::vector<double> ticks() const {
    std::vector<double> all;
    const int64_t first = std::llround(std::ceil(low / step - 1e-9)),
                  last = std::llround(std::floor(high / step + 1e-9));
    for (int64_t i = first; i <= last; ++i) all.push_back(static_cast<double>(i) * step);
    return all;
  }
};

constexpr double kLeft = 54, kRight = 460, kTop = 12, kBottom = 216, kDot = 2.5;

Axis value_axis(const std::vector<Series>& series) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Series& s : series) {
    for (const double y : s.y) {
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
    }
  }
  if (low > high) low = 0, high = 1;
  if (low == high) low -= std::abs(low) / 2, high += low == 0 ? 1 : std::abs(high) / 2;
  const double step = round_step((high - low) / 5);
  return {std::floor(low / step) * step, std::ceil(high / step) * step, kBottom, kTop, step};
}

Axis epoch_axis(size_t epochs) {
  const double step = std::max(1., round_step(static_cast<double>(epochs) / 8));
  if (epochs <= 1) return {0, 2, kLeft, kRight, step};
  return {1, static_cast<double>(epochs), kLeft, kRight, step};
}

Html line(const char* style, double x1, double y1, double x2, double y2) {
  return tag("line", attr("class", style), attr("x1", coordinate(x1)), attr("y1", coordinate(y1)),
             attr("x2", coordinate(x2)), attr("y2", coordinate(y2)));
}

// As many decimals as the steps between ticks need.
std::string tick_text(double value, double step, Unit unit) {
  const double factor = unit == Unit::kShare ? 100 : 1;
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(factor * step) - 1e-9)));
  char text[40];
  std::snprintf(text, sizeof text, "%.*f%s", decimals, std::abs(value) < step / 2 ? 0 : factor * value,
                unit == Unit::kShare ? "%" : "");
  return text;
}

Html label(const char* anchor, double x, double y, const std::string& text) {
  return tag("text", attr("text-anchor", anchor), attr("x", coordinate(x)), attr("y", coordinate(y)), text);
}

Html box(const char* style, double x, double y, double width, double height, const std::string& title) {
  return tag("rect", attr("class", style), attr("x", coordinate(x)), attr("y", coordinate(y)),
             attr("width", coordinate(width)), attr("height", coordinate(height)), tag("title", title));
}

Html curve(const Series& series, const Axis& x, const Axis& y, Unit unit) {
  const auto shown = unit == Unit::kShare ? percent : significant;
  std::string path;
  Html dots;
  bool drawing = false;
  for (size_t i = 0; i < series.y.size(); ++i) {
    const double epoch = static_cast<double>(i + 1), value = series.y[i];
    if (std::isfinite(value)) {
      path += (drawing ? "L" : "M") + coordinate(x.at(epoch)) + " " + coordinate(y.at(value));
      dots += tag("circle", attr("cx", coordinate(x.at(epoch))), attr("cy", coordinate(y.at(value))),
                  attr("r", coordinate(kDot)),
                  tag("title", std::string(series.name) + ", epoch " + std::to_string(i + 1) + ": " + shown(value)));
    }
    drawing = std::isfinite(value);
  }
  return tag("g", attr("class", std::string("curve ") + series.style), tag("path", attr("d", path)), dots);
}

Html figure(const std::string& title, const Html& legend, const char* view, const Html& drawing) {
  return tag("figure", tag("figcaption", tag("b", title), legend),
             tag("svg", attr("role", "img"), attr("viewBox", view), attr("aria-label", title), drawing));
}

Html key(const char* style, const char* name) { return tag("span", attr("class", std::string("key ") + style), name); }

}  // namespace

Html line_chart(const std::string& title, const std::vector<Series>& series, Unit unit, int64_t marked) {
  const size_t epochs = series.at(0).y.size();
  const Axis x = epoch_axis(epochs), y = value_axis(series);
  Html drawing, legend;
  for (const double tick : y.ticks()) {
    drawing += line("grid", kLeft, y.at(tick), kRight, y.at(tick));
    drawing += label("end", kLeft - 6, y.at(tick) + 4, tick_text(tick, y.step, unit));
  }
  for (const double tick : x.ticks()) {
    if (tick < 1 || tick > static_cast<double>(epochs)) continue;
    drawing += label("middle", x.at(tick), kBottom + 17, std::to_string(static_cast<int64_t>(tick)));
  }
  drawing += label("middle", (kLeft + kRight) / 2, kBottom + 34, "epoch");
  if (marked > 0)
    drawing += line("marked", x.at(static_cast<double>(marked)), kTop, x.at(static_cast<double>(marked)), kBottom);
  for (const Series& s : series) {
    drawing += curve(s, x, y, unit);
    if (series.size() > 1) legend += key(s.style, s.name);
  }
  return figure(title, legend, "0 0 480 256", drawing);
}

Html reliability_diagram(const Evaluation& e) {
  int64_t most = 1;
  for (const CalibrationBin& bin : e.calibration) most = std::max(most, bin.samples);
  const Axis x{0, 1, kLeft, kRight, 0.2}, y{0, 1, 300, kTop, 0.2}, count{0, static_cast<double>(most), 392, 330, 1};
  const double width = (x.to - x.from) / static_cast<double>(e.calibration.size()) - 2;
  Html drawing;
  for (const double tick : y.ticks()) {
    const std::string text = tick_text(tick, y.step, Unit::kShare);
    drawing += line("grid", kLeft, y.at(tick), kRight, y.at(tick));
    drawing += label("end", kLeft - 6, y.at(tick) + 4, text);
    drawing += label("middle", x.at(tick), 409, text);
  }
  for (size_t i = 0; i < e.calibration.size(); ++i) {
    const CalibrationBin& bin = e.calibration[i];
    if (bin.samples == 0) continue;
    const auto samples = static_cast<double>(bin.samples);
    const double left = x.at(static_cast<double>(i) / static_cast<double>(e.calibration.size())) + 1;
    const double accuracy = static_cast<double>(bin.correct) / samples, confidence = bin.confidence / samples;
    const std::string title =
        grouped(bin.samples) + " images, confidence " + percent(confidence) + ", accuracy " + percent(accuracy);
    drawing += box("accuracy", left, y.at(accuracy), width, y.from - y.at(accuracy), title);
    drawing += line("confidence", left, y.at(confidence), left + width, y.at(confidence));
    drawing += box("images", left, count.at(samples), width, count.from - count.at(samples), title);
  }
  drawing += line("diagonal", x.from, y.from, x.to, y.to);
  drawing += line("grid", kLeft, count.from, kRight, count.from);
  drawing += label("end", kLeft - 6, count.to + 10, grouped(most));
  drawing += label("end", kLeft - 6, count.to + 24, "images");
  drawing += label("middle", (kLeft + kRight) / 2, 426, "confidence");
  Html legend = key("a", "accuracy");
  legend += key("b", "mean confidence");
  return figure("Accuracy by confidence", legend, "0 0 480 432", drawing);
}

}  // namespace lithe
