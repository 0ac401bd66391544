#include "datasets/module.h"

namespace lithe {
namespace {

constexpr DatasetsModule kModule{check_dataset, export_images, make_digits};

}  // namespace

const DatasetsModule* lithe_datasets_module() { return &kModule; }

}  // namespace lithe
