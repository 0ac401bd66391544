// Folders of image files: CLASS/IMAGE, or one folder more on the way: SPLIT/CLASS/IMAGE (train and test, or the domains
// of a set for adaptation: photo, sketch, ...). Below a class there may be further folders.

#include <algorithm>
#include <filesystem>
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

// Recognising a form must not walk through a million images: the first one is enough.
bool holds_images(const fs::path& folder) {
  const auto is_image = [](const fs::directory_entry& entry) {
    return is_image_name(entry.path().filename().string());
  };
  return std::any_of(fs::directory_iterator(folder), fs::directory_iterator(), is_image);
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  if (!fs::is_directory(folder)) return folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && entry.path().filename().string().front() != '.') folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

bool holds_classes(const fs::path& folder) {
  const std::vector<fs::path> folders = folders_in(folder);
  return std::any_of(folders.begin(), folders.end(), holds_images);
}

std::vector<Split> find_classes(const std::string& path) {
  if (!holds_classes(path)) return {};
  return {{"all", 0, [=] { return open_folder("classes", path, "all", 0); }}};
}

std::vector<Split> find_domains(const std::string& path) {
  std::vector<Split> found;
  for (const fs::path& folder : folders_in(path)) {
    if (!holds_classes(folder)) continue;
    const std::string name = folder.filename().string();
    found.push_back({name, 0, [=] { return open_folder("domains", path, name, 1); }});
  }
  // train before test and val
  std::stable_partition(found.begin(), found.end(), [](const Split& split) { return split.name == "train"; });
  return found;
}

}  // namespace

extern const DatasetForm kClassFolders{"classes", "a folder with one folder of images per class", find_classes};
extern const DatasetForm kDomainFolders{
    "domains", "a folder with one folder per split or domain, and in each of them one folder of images per class",
    find_domains};

}  // namespace lithe
