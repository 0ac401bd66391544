#pragma once

#include "pipelines/vision/classify.h"
#include "pipelines/vision/classify_setup.h"

namespace lithe {

/// `classify` with a model that is loaded already.
Summary run_classify(const ClassifyOptions& options, const ClassifySetup& setup, const ImageList& images,
                     Progress& progress);

}  // namespace lithe
