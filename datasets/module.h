#pragma once
// The door to data sets for the program, which does not link OpenCV: the module is loaded on first use.

#include "datasets/check.h"
#include "datasets/export.h"
#include "datasets/make_digits.h"
#include "pipelines/core/shared_library.h"

namespace lithe {

struct DatasetsModule {
  DatasetReport (*check)(const std::string& where, const std::string& only, Progress& progress);
  int64_t (*export_images)(const std::string& where, const std::string& split, const std::string& folder, int64_t limit,
                           Progress& progress);
  int64_t (*make_digits)(const MakeDigitsOptions& options, Progress& progress);
};

/// What liblithe_datasets.so offers.
extern "C" const DatasetsModule* lithe_datasets_module();

/// Loads the module on the first call. Throws Error if it is not installed.
inline const DatasetsModule& datasets() {
  using Entry = const DatasetsModule* (*)();
  static const Entry entry = reinterpret_cast<Entry>(symbol("liblithe_datasets.so", "lithe_datasets_module"));
  return *entry();
}

}  // namespace lithe
