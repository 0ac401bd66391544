#pragma once

#include <functional>
#include <istream>
#include <string>
#include <vector>

#include "pipelines/vision/classify.h"

namespace lithe {

/// Whether a name ends as those of images do, in capitals or not.
bool is_image_name(const std::string& name);

/// The files that `paths` name, each once, at its first place:
///   folder           every file below it, sorted by the bytes of its path, but for those whose name is no image's and
///                    which `may_be_image`, if given, says are none, and names that begin with a dot. Links are
///                    followed, except back to a folder above
///   *.txt *.lst      a list: the names in it, separated by NUL if there is one, by line feeds otherwise; empty lines
///                    and carriage returns at their ends do not count. Names are looked for from the list's folder,
///                    then from the current one
///   -                such a list from `input`, from the current folder
///   other            the file itself
/// The results in `output`, if it is not empty, are no inputs. The root is the deepest folder that holds all folders,
/// files and listed files. A listed file that does not exist, or a folder that cannot be read, stays in the list: it
/// becomes an error record. Throws Error(kInput) if one of `paths` does not exist, or if there is no file at all.
ImageList list_images(const std::vector<std::string>& paths, const std::string& output, std::istream& input,
                      const std::function<bool(const std::string&)>& may_be_image = {});

}  // namespace lithe
