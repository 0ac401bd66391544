#include "pipelines/model/model_metadata.h"

#include <nlohmann/json.hpp>

#include "pipelines/formats/graph_json.h"
#include "pipelines/formats/image_record.h"

namespace lithe {
namespace {

using Json = nlohmann::json;

constexpr const char *kVersionKey = "lithe.version", *kVersion = "1";
constexpr const char *kOptionsKey = "lithe.options", *kLabelsKey = "lithe.labels";
constexpr const char* kPreprocessingKey = "lithe.preprocessing";
constexpr const char *kLicenceKey = "licence", *kRecipeKey = "recipe", *kSourceKey = "source";

template <class T>
T parsed(const Metadata& metadata, const char* name, const std::string& where) {
  const auto it = metadata.find(name);
  if (it == metadata.end()) return {};
  try {
    return Json::parse(it->second).get<T>();
  } catch (const Json::exception& error) {
    throw Error(where + ": " + name + ": " + error.what());
  }
}

std::string text(const Metadata& metadata, const char* name) {
  const auto it = metadata.find(name);
  return it == metadata.end() ? std::string() : it->second;
}

}  // namespace

const std::string& entry(const Metadata& metadata, const std::string& name, const std::string& where) {
  const auto it = metadata.find(name);
  if (it == metadata.end()) throw Error(where + ": the metadata lack \"" + name + "\"; was the file made by Lithe?");
  return it->second;
}

std::map<std::string, std::string> options_from(const Metadata& metadata, const std::string& where) {
  return parsed<std::map<std::string, std::string>>(metadata, kOptionsKey, where);
}

void read_metadata(const Metadata& metadata, const std::string& where, Model* model) {
  const auto version = metadata.find(kVersionKey);
  if (version != metadata.end() && version->second != kVersion) {
    throw Error(where + ": expected a Lithe file of version 1, got " + version->second + "; it needs a newer Lithe");
  }
  model->labels = parsed<std::vector<std::string>>(metadata, kLabelsKey, where);
  const auto preprocessing = metadata.find(kPreprocessingKey);
  if (preprocessing != metadata.end()) {
    model->preprocessing = preprocessing_from_json(preprocessing->second, where + ": " + kPreprocessingKey);
  }
  model->licence = text(metadata, kLicenceKey);
  model->recipe = text(metadata, kRecipeKey);
  model->source = text(metadata, kSourceKey);
}

Metadata write_metadata(const Model& model) {
  Metadata metadata{
      {kVersionKey, kVersion}, {kNetworkKey, model.network}, {kPreprocessingKey, to_json(model.preprocessing)}};
  if (model.network == kGraphNetwork) {
    metadata[kGraphKey] = graph_to_json(model.graph);
  } else {
    metadata[kOptionsKey] = Json(model.options).dump();
  }
  if (!model.labels.empty()) metadata[kLabelsKey] = Json(model.labels).dump();
  if (!model.licence.empty()) metadata[kLicenceKey] = model.licence;
  if (!model.recipe.empty()) metadata[kRecipeKey] = as_utf8(model.recipe);
  if (!model.source.empty()) metadata[kSourceKey] = as_utf8(model.source);
  return metadata;
}

}  // namespace lithe
