#include "datasets/export.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "datasets/encode.h"
#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"

namespace lithe {

std::string folder_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name.empty() || name[0] == '.' ? "_" + name : name;
}

int64_t export_images(const std::string& where, const std::string& split, const std::string& folder, int64_t limit,
                      Progress& progress) {
  const DatasetPtr set = open_dataset(where, split);
  const int64_t count = limit > 0 ? std::min(limit, set->size()) : set->size();
  std::vector<std::string> folders;
  std::string names;
  for (const std::string& name : set->info().class_names) {
    folders.push_back(folder + "/" + folder_name(name));
    names += name + "\n";
    std::error_code failed;
    std::filesystem::create_directories(folders.back(), failed);
    if (failed) throw Error(ErrorKind::kOutput, folders.back() + ": cannot create: " + failed.message());
  }
  write_file(folder + "/classes.txt", names);
  progress.begin(count);
  constexpr int64_t kStep = 256;
  for (int64_t first = 0; first < count && !progress.interrupted(); first += kStep) {
    const int64_t step = std::min(kStep, count - first);
    parallel_for(step, [&](int64_t k) {
      const int64_t i = (first + k) * set->size() / count;
      char file[32];
      std::snprintf(file, sizeof file, "/%07lld.png", static_cast<long long>(i));
      write_file(folders[static_cast<size_t>(set->label(i))] + file, png_of(set->image(i)));
    });
    progress.advance(step, 0);
  }
  return count;
}

}  // namespace lithe
