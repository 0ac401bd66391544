#pragma once
// Looks at every image of a data set.

#include <algorithm>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "pipelines/core/progress.h"

namespace lithe {

struct BrokenImage {
  std::string where, reason;
};

struct SplitReport {
  std::string name, error;               // why it could not be opened; then nothing else is known
  int64_t images = 0, published = 0;     // published: of the original; 0: depends on the set
  std::vector<std::string> class_names;  // one per class
  std::vector<int64_t> images_of_class;  // one per class
  int first_label = 0, last_label = 0;   // the range that occurs
  Shape smallest, largest;               // C H W: the least and the greatest of each extent
  std::vector<BrokenImage> broken;
};

struct DatasetReport {
  std::string form, path;
  std::vector<SplitReport> splits;
  bool intact() const {
    return std::all_of(splits.begin(), splits.end(),
                       [](const SplitReport& split) { return split.error.empty() && split.broken.empty(); });
  }
};

/// Decodes every image of every split (`only`, if it is not empty), with all threads. What is wrong with a split or an
/// image is in the report. Ends early where `progress` is interrupted. Throws Error if there is no data set at all.
DatasetReport check_dataset(const std::string& where, const std::string& only, Progress& progress);

}  // namespace lithe
