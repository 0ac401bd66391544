// Folders of image files: CLASS/IMAGE, or one folder more on the way: SPLIT/CLASS/IMAGE (train and test, or the domains
// of a set for adaptation: photo, sketch, ...). Below a class there may be further folders.

#include <filesystem>
#include <set>
#include <sstream>

#include "datasets/file_set.h"
#include "datasets/form.h"
#include "datasets/image_list.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

// The images below a folder whose path is deep enough, as "a/b/c.jpg" in the order of their bytes.
std::vector<std::string> images_below(const std::string& folder, ptrdiff_t least_depth) {
  std::vector<std::string> names;
  if (!fs::is_directory(folder) || fs::is_empty(folder)) return names;
  std::istringstream nothing;
  for (const std::string& name : list_images({folder}, "", nothing).names) {
    if (is_image_name(name) && std::count(name.begin(), name.end(), '/') >= least_depth) names.push_back(name);
  }
  return names;
}

std::string part(const std::string& name, int which) {
  std::istringstream parts(name);
  std::string text;
  for (int i = 0; i <= which; ++i) std::getline(parts, text, '/');
  return text;
}

// Opens the images of one split; classes are those of all splits, so that a label means the same in each of them.
DatasetPtr open_folder(const char* form, const std::string& path, const std::string& split, int class_part) {
  DatasetInfo info{form, path, split, {}, {}, {}};
  const std::vector<std::string> names = images_below(path, class_part + 1);
  std::vector<std::string> classes, files;
  for (const std::string& name : names) classes.push_back(part(name, class_part));
  number_classes(classes, &info);
  std::vector<int> labels;
  for (size_t i = 0; i < names.size(); ++i) {
    if (class_part == 1 && part(names[i], 0) != split) continue;
    labels.push_back(info.labels[i]);
    files.push_back((fs::path(path) / names[i]).string());
  }
  info.labels = std::move(labels);
  return file_set(std::move(info), std::move(files));
}

std::vector<Split> find_classes(const std::string& path) {
  for (const std::string& name : images_below(path, 1)) {
    if (std::count(name.begin(), name.end(), '/') > 1) continue;
    return {{"all", 0, [=] { return open_folder("classes", path, "all", 0); }}};
  }
  return {};
}

std::vector<Split> find_domains(const std::string& path) {
  std::set<std::string> names;
  for (const std::string& name : images_below(path, 2)) names.insert(part(name, 0));
  std::vector<Split> found;
  const auto add = [&](const std::string& name) {
    found.push_back({name, 0, [=] { return open_folder("domains", path, name, 1); }});
  };
  if (names.erase("train") > 0) add("train");  // before test and val
  for (const std::string& name : names) add(name);
  return found;
}

}  // namespace

extern const DatasetForm kClassFolders{"classes", "a folder with one folder of images per class", find_classes};
extern const DatasetForm kDomainFolders{
    "domains", "a folder with one folder per split or domain, and in each of them one folder of images per class",
    find_domains};

}  // namespace lithe
