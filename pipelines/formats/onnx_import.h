#pragma once
// ONNX files of ordinary convolutional classifiers become Lithe graphs (docs/onnx.md lists the operators).

#include <string>
#include <string_view>

#include "pipelines/graph/parameters.h"

namespace lithe {

struct OnnxModel {
  Graph graph;  // inputs N C H W with N = 1: the batch stays free
  Parameters parameters;
  std::string producer;  // "pytorch-1.13.1"
};

/// `bytes` need not be trusted: sizes, references and the memory asked for are checked against the bytes that are
/// there, and nothing outside them is read. `where` names them in messages. Throws Error; operators that Lithe lacks
/// are named in one message, with their counts.
OnnxModel parse_onnx(std::string_view bytes, const std::string& where);
OnnxModel read_onnx(const std::string& path);

}  // namespace lithe
