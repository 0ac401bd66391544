#pragma once
// Our operators as layers of cv::dnn, so that an OpenCV program can load a network that contains them: an ONNX node of
// the domain "lithe" (OnnxExportOptions::own) becomes a layer of the type "lithe.NAME".

#include <set>
#include <string>

namespace lithe {

/// Registers every operator with cv::dnn's layer factory; a second call does nothing. To be called before
/// cv::dnn::readNetFromONNX.
void register_dnn_layers();

/// The operators that OpenCV 4.6 cannot run, or runs wrongly, in their standard ONNX form: products of two activations
/// per image. A network that has them needs our layers.
const std::set<std::string>& operators_opencv_lacks();

}  // namespace lithe
