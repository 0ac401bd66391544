#pragma once
// What a Lithe file says about its tensors: the entries of the safetensors metadata (docs/model_file.md).

#include <map>
#include <string>

#include "pipelines/model/model.h"

namespace lithe {

using Metadata = std::map<std::string, std::string>;

constexpr const char* kNetworkKey = "lithe.network";
constexpr const char* kGraphKey = "lithe.graph";
constexpr const char* kGraphNetwork = "graph";  // the network whose graph stands in the file

/// Throws Error if there is none of that name.
const std::string& entry(const Metadata& metadata, const std::string& name, const std::string& where);
/// The network's options; empty if the file names none.
std::map<std::string, std::string> options_from(const Metadata& metadata, const std::string& where);
/// Labels, preprocessing, licence, recipe and source, as far as the file has them. Throws Error on one that cannot be
/// read.
void read_metadata(const Metadata& metadata, const std::string& where, Model* model);
Metadata write_metadata(const Model& model);

}  // namespace lithe
