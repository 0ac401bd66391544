#include "trainers/drt_embedding.h"

#include <Eigen/Core>
#include <algorithm>

#include "trainers/low_rank.h"

namespace lithe {
namespace {

constexpr double kPanel = 480, kMargin = 24, kLegend = 40;
constexpr const char *kSource = "#4477aa", *kTarget = "#ee6677";  // also apart for the colour-blind (Tol)

// Rows as columns.
Eigen::MatrixXd columns(const Tensor& features) {
  const Eigen::Map<const Eigen::MatrixXf> view(features.data(), features.dim(1), features.dim(0));
  return view.cast<double>();
}

// From the least to the greatest of the first components; points far out, beyond 1 in 100 on each side, lie on the rim.
struct Axis {
  double low, high;
  explicit Axis(const Eigen::RowVectorXd& values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    low = sorted[sorted.size() / 100], high = sorted[sorted.size() - 1 - sorted.size() / 100];
  }
  double at(double value) const {
    const double share = high > low ? (value - low) / (high - low) : 0.5;
    return kMargin + std::clamp(share, 0.0, 1.0) * (kPanel - 2 * kMargin);
  }
};

std::string colour_of(int c, size_t classes) {
  return "hsl(" + coordinate(360.0 * c / static_cast<double>(classes)) + ",75%,42%)";
}

Html point(double x, double y, const std::string& colour, bool ring) {
  return tag("circle", attr("cx", coordinate(x)), attr("cy", coordinate(y)), attr("r", ring ? "3" : "2"),
             attr("fill", ring ? "none" : colour), attr("stroke", ring ? colour : "none"), attr("opacity", "0.7"));
}

Html label(double x, double y, const std::string& text, const std::string& colour) {
  return tag("text", attr("x", coordinate(x)), attr("y", coordinate(y)),
             attr("style", "font:13px sans-serif;fill:" + colour), text);
}

}  // namespace

Html embedding_svg(const Replies& source, const Replies& target, const std::vector<std::string>& class_names) {
  const Eigen::MatrixXd from = columns(source.features), to = columns(target.features);
  Moments moments;
  moments.add(from), moments.add(to);
  const PrincipalAxes axes = principal_axes(moments);
  const auto count = std::min<Eigen::Index>(2, axes.axes.cols());
  Eigen::MatrixXd places = Eigen::MatrixXd::Zero(2, from.cols() + to.cols());
  places.topRows(count) << axes.axes.leftCols(count).transpose() * (from.colwise() - axes.mean),
      axes.axes.leftCols(count).transpose() * (to.colwise() - axes.mean);
  const Axis across(places.row(0)), up(places.row(1));

  Html all;
  for (Eigen::Index i = 0; i < places.cols(); ++i) {
    const bool of_source = i < from.cols();
    const auto k = static_cast<size_t>(of_source ? i : i - from.cols());
    const double x = across.at(places(0, i)), y = kLegend + kPanel - up.at(places(1, i));
    all += point(x, y, of_source ? kSource : kTarget, of_source);
    all += point(kPanel + x, y, colour_of(of_source ? source.labels[k] : target.top[k], class_names.size()), of_source);
  }
  all += label(kMargin, kLegend / 2, "sources (rings)", kSource);
  all += label(kMargin + 140, kLegend / 2, "target (dots)", kTarget);
  constexpr size_t kShown = 12;
  for (size_t c = 0; c < std::min(kShown, class_names.size()); ++c) {
    const double step = (kPanel - kMargin) / static_cast<double>(std::min(kShown, class_names.size()));
    all += label(kPanel + kMargin + step * static_cast<double>(c), kLegend / 2, class_names[c],
                 colour_of(static_cast<int>(c), class_names.size()));
  }
  const std::string width = coordinate(2 * kPanel), height = coordinate(kPanel + kLegend);
  return tag("svg", attr("xmlns", "http://www.w3.org/2000/svg"), attr("viewBox", "0 0 " + width + " " + height),
             attr("width", width), attr("height", height), tag("title", "Features of sources and target"),
             tag("rect", attr("width", "100%"), attr("height", "100%"), attr("fill", "white")), all);
}

}  // namespace lithe
