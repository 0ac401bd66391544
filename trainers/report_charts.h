#pragma once
// Charts as SVG elements. Values that are not finite leave a gap.

#include "trainers/evaluation.h"
#include "trainers/report_html.h"

namespace lithe {

struct Series {
  const char* name;
  const char* style;      // class of report.css: "a", "b" or "c"
  std::vector<double> y;  // of epochs 1, 2, ...
};

/// How values become text.
enum class Unit { kNumber, kShare };  // 0.5; 50 %

/// Curves over epochs, with `marked` (from 1 on) as a line across.
Html line_chart(const std::string& title, const std::vector<Series>& series, Unit unit, int64_t marked);

/// Reliability diagram (Guo et al., ICML 2017): accuracy over confidence, and how many images have that confidence.
Html reliability_diagram(const Evaluation& evaluation);

}  // namespace lithe
