#include "datasets/image_list.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <unordered_set>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

// Absolute and without dots, but with its links: a link is an input of its own.
std::string normal(const fs::path& path) {
  std::string text = fs::absolute(path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string parent(const std::string& path) { return fs::path(path).parent_path().string(); }

bool is_below(const std::string& path, const std::string& folder) {
  return folder == "/" ||
         (path.compare(0, folder.size(), folder) == 0 && (path.size() == folder.size() || path[folder.size()] == '/'));
}

class Lister {
 public:
  Lister(const std::string& output, const std::function<bool(const std::string&)>& may_be_image)
      : output_(output.empty() ? "" : normal(output)), may_be_image_(may_be_image) {}

  void add_path(const std::string& path, std::istream& input) {
    if (path == "-") {
      add_list({std::istreambuf_iterator<char>(input), {}}, "");
      return;
    }
    const std::string file = normal(path), extension = fs::path(file).extension().string();
    std::error_code failed;
    const fs::file_status status = fs::status(file, failed);
    if (status.type() == fs::file_type::not_found) throw Error(path + ": no such file or folder");
    if (fs::is_directory(status)) {
      add_folder(file);
    } else if (extension == ".txt" || extension == ".lst") {
      add_list(read_file(file), parent(file));
    } else {
      add(file, parent(file));
    }
  }

  ImageList take() {
    if (files_.empty()) {
      const size_t others = passed_over_.size();
      throw Error("no input: the given paths hold " +
                  (others == 0 ? "no file"
                               : std::to_string(others) + (others == 1 ? " file" : " files") +
                                     ", none of them an image, such as " + passed_over_.front()));
    }
    ImageList list{root_, {}, passed_over_};
    const size_t prefix = root_ == "/" ? 1 : root_.size() + 1;
    for (const std::string& file : files_) list.names.push_back(file.substr(prefix));
    return list;
  }

 private:
  void add_folder(const std::string& folder) {
    std::vector<std::string> files;
    std::vector<std::string> above;
    walk(folder, &above, &files);
    std::sort(files.begin(), files.end());
    widen_root(folder);
    for (const std::string& file : files) {
      if (may_be_image_ && !is_image_name(file) && !may_be_image_(file)) {
        if (!is_result(file)) passed_over_.push_back(file);
      } else {
        add(file, folder);
      }
    }
  }

  // `above`: the folders on the way down, links resolved, so that a link to one of them ends the descent.
  void walk(const std::string& folder, std::vector<std::string>* above, std::vector<std::string>* files) {
    std::error_code failed;
    const std::string real = fs::canonical(folder, failed).string();
    if (std::find(above->begin(), above->end(), real) != above->end()) return;
    fs::directory_iterator entries(folder, failed);
    if (failed) {
      if (above->empty()) throw Error(folder + ": cannot read the folder: " + failed.message());
      files->push_back(folder);
      return;
    }
    above->push_back(real);
    for (; entries != fs::directory_iterator(); entries.increment(failed)) {
      const std::string path = entries->path().string();
      if (entries->path().filename().string().front() == '.') continue;
      if (entries->is_directory(failed)) {
        walk(path, above, files);
      } else {
        files->push_back(path);
      }
    }
    above->pop_back();
  }

  void add_list(const std::string& text, const std::string& folder) {
    const char separator = text.find('\0') == std::string::npos ? '\n' : '\0';
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find(separator, begin), text.size());
      std::string name = text.substr(begin, end - begin);
      if (separator == '\n' && !name.empty() && name.back() == '\r') name.pop_back();
      begin = end + 1;
      if (name.empty()) continue;
      std::error_code failed;
      const fs::path beside = fs::path(folder) / name;
      const std::string file = normal(fs::exists(beside, failed) ? beside : fs::path(name));
      add(file, parent(file));
    }
  }

  void add(const std::string& file, const std::string& folder) {
    if (is_result(file) || !known_.insert(file).second) return;
    widen_root(folder);
    files_.push_back(file);
  }

  bool is_result(const std::string& file) const {
    const std::string name = fs::path(file).filename().string();
    return parent(file) == output_ && (name.rfind("results.", 0) == 0 || name.rfind("run.json", 0) == 0);
  }

  void widen_root(const std::string& folder) {
    if (root_.empty()) root_ = folder;
    while (!is_below(folder, root_)) root_ = parent(root_);
  }

  std::string output_, root_;
  std::function<bool(const std::string&)> may_be_image_;
  std::vector<std::string> files_, passed_over_;
  std::unordered_set<std::string> known_;
};

}  // namespace

bool is_image_name(const std::string& name) {
  constexpr const char* kExtensions[] = {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff",
                                         ".bmp", ".ppm",  ".pgm", ".pnm", ".jp2",  ".ras"};
  std::string extension = fs::path(name).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(std::begin(kExtensions), std::end(kExtensions), extension) != std::end(kExtensions);
}

ImageList list_images(const std::vector<std::string>& paths, const std::string& output, std::istream& input,
                      const std::function<bool(const std::string&)>& may_be_image) {
  Lister lister(output, may_be_image);
  for (const std::string& path : paths) lister.add_path(path, input);
  return lister.take();
}

}  // namespace lithe
