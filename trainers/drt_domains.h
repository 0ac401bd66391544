#pragma once

#include "datasets/dataset.h"
#include "pipelines/core/progress.h"
#include "pipelines/model/preprocessing.h"
#include "trainers/drt.h"

namespace lithe {

/// The data of an adaptation: one list of classes, labels in its order.
struct DrtDomains {
  DatasetPtr sources, source_validation;  // all sources together; images held out of them
  DatasetPtr target;                      // what is adapted to. Its labels are read by --select oracle alone
  DatasetPtr test;                        // images of the target with labels to report on; empty if it has none
  bool test_is_target = false;            // there is no other split to report on
};

/// Opens the domains. Their split "train" is taken where they have one, at most `--limit` images of each; of the target
/// also "test". Throws Error naming the domain that is too small or has other classes than the first source; says in
/// `progress` which classes of a source have no images.
DrtDomains open_domains(const DrtOptions& options, Progress& progress);

/// Small images of fixed sizes are stretched to the network's input, others resized and cropped as photographs are.
Preprocessing preprocessing_for(const DrtDomains& domains, const Shape& input);

}  // namespace lithe
