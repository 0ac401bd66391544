#pragma once
// A graph with its parameters as an ONNX file of standard operators (docs/onnx.md).

#include <set>
#include <string>

#include "pipelines/graph/parameters.h"

namespace lithe {

struct OnnxExportOptions {
  int64_t batch = 1;  // of the inputs as the file declares them; 0 leaves it open
  /// Operators to write as they are, in the domain "lithe", instead of by standard ones: for programs that have them
  /// (our layers of cv::dnn, or Lithe itself).
  std::set<std::string> own;
};

/// For cv::dnn 4.6 with our layers: it has no Where, which larger_head needs.
OnnxExportOptions for_opencv();

/// The bytes of the file: operator set 10, one file, value names those of the graph. Throws Error naming all operators
/// that have no rule.
std::string export_onnx(const Graph& graph, const Parameters& parameters, const OnnxExportOptions& options = {});

}  // namespace lithe
