#pragma once
// The forms in which data sets come. A form is one file and one line in the table of forms.cpp.

#include <functional>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace lithe {

/// A part of a set that can be opened on its own.
struct Split {
  std::string name;
  int64_t published = 0;  // images of the original; 0: depends on the set
  std::function<DatasetPtr()> open;
};

struct DatasetForm {
  const char* name;   // as in FORM:PATH
  const char* files;  // what is expected at PATH
  /// The splits at a path, none if it is not of this form. Looks at names only, apart from the first bytes of a file.
  std::vector<Split> (*find)(const std::string& path);
};

const std::vector<DatasetForm>& dataset_forms();

/// The splits behind `where` (PATH or FORM:PATH) and their form. Throws Error as `dataset_splits`.
struct FoundSplits {
  const DatasetForm* form;
  std::string path;
  std::vector<Split> splits;
};
FoundSplits find_splits(const std::string& where);

/// The lines of a file that are not empty, without carriage returns.
std::vector<std::string> read_names(const std::string& file);

/// Makes classes of names: `class_names` are they in the order of their bytes, each once, `labels` one for each name.
void number_classes(const std::vector<std::string>& names, DatasetInfo* info);

/// The names in the file classes.txt beside the data, one a line; without it "0", "1", ... up to the largest label.
/// Throws Error if there are fewer names than labels.
std::vector<std::string> class_names_beside(const std::string& folder, const std::vector<int>& labels);

}  // namespace lithe
