// QuickDraw (https://github.com/googlecreativelab/quickdraw-dataset): one file NAME.ndjson per class, a drawing a line,
// packed by gzip or not. What is not packed is mapped, not read: a class has 100 MB. Drawings are rasterised when they
// are needed.

#include <filesystem>
#include <map>

#include "datasets/compressed.h"
#include "datasets/form.h"
#include "datasets/strokes.h"
#include "pipelines/core/file.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

struct Lines {
  std::string path, bytes;
  std::unique_ptr<MappedFile> map;  // instead of bytes
};

struct Drawing {
  const Lines* file;
  size_t line;  // from 1
  std::string_view text;
};

class DrawingSet final : public Dataset {
 public:
  DrawingSet(DatasetInfo information, std::vector<std::unique_ptr<Lines>> files, std::vector<Drawing> drawings)
      : Dataset(std::move(information)), files_(std::move(files)), drawings_(std::move(drawings)) {}
  std::string where(int64_t i) const override {
    const Drawing& drawing = drawings_[static_cast<size_t>(i)];
    return drawing.file->path + ": line " + std::to_string(drawing.line);
  }
  Image image(int64_t i) const override try {
    const auto pixels = std::make_shared<cv::Mat>(draw(drawings_[static_cast<size_t>(i)].text));
    return {kDrawingSide, kDrawingSide, 1, pixels->data, pixels};
  } catch (const Error& e) {
    throw Error(where(i) + ": " + e.what());
  }

 private:
  std::vector<std::unique_ptr<Lines>> files_;
  std::vector<Drawing> drawings_;
};

std::unique_ptr<Lines> read_lines(const std::string& path) {
  auto lines = std::make_unique<Lines>();
  lines->path = path;
  if (fs::path(path).extension() == ".gz") {
    lines->bytes = read_gzip(path);
  } else {
    lines->map = std::make_unique<MappedFile>(path);
  }
  return lines;
}

DatasetPtr open_drawings(const std::string& path, const std::map<std::string, std::string>& classes) {
  DatasetInfo info{"quickdraw", path, "all", {}, {}, {1, kDrawingSide, kDrawingSide}};
  std::vector<std::unique_ptr<Lines>> files;
  std::vector<Drawing> drawings;
  for (const auto& [name, file] : classes) {
    files.push_back(read_lines(file));
    const Lines& lines = *files.back();
    const std::string_view text = lines.map ? lines.map->bytes() : lines.bytes;
    size_t number = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      ++number;
      if (end - begin > 1) {
        info.labels.push_back(static_cast<int>(info.class_names.size()));
        drawings.push_back({&lines, number, text.substr(begin, end - begin)});
      }
      begin = end + 1;
    }
    info.class_names.push_back(name);
  }
  return std::make_shared<DrawingSet>(std::move(info), std::move(files), std::move(drawings));
}

// "cat" for cat.ndjson, cat.ndjson.gz and full_simplified_cat.ndjson; "" for other files.
std::string class_of(const std::string& file) {
  size_t end = file.rfind(".ndjson");
  if (end == std::string::npos || (file.substr(end) != ".ndjson" && file.substr(end) != ".ndjson.gz")) return "";
  for (const std::string begin : {"full_simplified_", "full_raw_"}) {
    if (file.compare(0, begin.size(), begin) == 0) return file.substr(begin.size(), end - begin.size());
  }
  return file.substr(0, end);
}

std::vector<Split> find_quickdraw(const std::string& path) {
  std::map<std::string, std::string> classes;
  if (!fs::is_directory(path)) return {};
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = class_of(entry.path().filename().string());
    if (!name.empty()) classes[name] = entry.path().string();
  }
  if (classes.empty()) return {};
  return {{"all", 0, [=] { return open_drawings(path, classes); }}};
}

}  // namespace

extern const DatasetForm kQuickDraw{"quickdraw", "a folder with one CLASS.ndjson per class, .gz or not",
                                    find_quickdraw};

}  // namespace lithe
