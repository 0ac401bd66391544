#pragma once
// Our operators as layers of cv::dnn, so that an OpenCV program can load a network that contains them: an ONNX node of
// the domain "lithe" (OnnxExportOptions::own) becomes a layer of the type "lithe.NAME".

namespace lithe {

/// Registers every operator with cv::dnn's layer factory; a second call does nothing. To be called before
/// cv::dnn::readNetFromONNX.
void register_dnn_layers();

}  // namespace lithe
