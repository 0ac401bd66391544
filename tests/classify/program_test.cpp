// What only the built program can show: odd folders, kills, full disks.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <opencv2/imgcodecs.hpp>

#include "tests/classify/job.h"
#include "tests/cli/program.h"
#include "tests/vision/samples.h"

namespace lithe::test {
namespace {

using Json = nlohmann::json;

std::map<std::string, Json> by_path(const std::string& lines) {
  std::map<std::string, Json> result;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    const Json record = Json::parse(line);
    EXPECT_TRUE(result.emplace(record["path"], record).second) << "two records: " << line;
  }
  return result;
}

class Program : public testing::Test {
 protected:
  std::string line(const std::string& images, const std::string& output, const std::string& more = "") const {
    return "lithe classify " + images + " --model micronet_m0 --quiet --output " + folder_ / output + " " + more;
  }
  void write_pictures(const std::string& folder, int count) const {
    for (int i = 0; i < count; ++i) {
      write_bytes(folder_ / folder + "/" + std::to_string(10000 + i) + ".ppm", ppm(static_cast<unsigned>(i), 32, 24));
    }
  }
  Folder folder_;
};

struct Kind {
  std::string name, bytes, code;  // code: "" for a good image
};

std::vector<Kind> kinds() {
  const cv::Mat image = picture(96, 64);
  const std::string jpeg = encoded(".jpg", image), png = encoded(".png", image);
  cv::Mat wide, grey(64, 96, CV_8U, cv::Scalar(99)), inks(64, 96, CV_8UC4, cv::Scalar(10, 200, 90, 250));
  image.convertTo(wide, CV_16U, 256);
  return {{"plain.jpg", jpeg, ""},
          {"progressive.jpg", encoded(".jpg", image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}), ""},
          {"rotated.jpg", jpeg_with_exif(jpeg, exif_block(6, true)), ""},
          {"cmyk.jpg", cmyk_jpeg(inks, false), ""},
          {"ycck.jpg", cmyk_jpeg(inks, true), ""},
          {"plain.png", png, ""},
          {"wide.png", encoded(".png", wide), ""},
          {"grey.png", encoded(".png", grey), ""},
          {"palette.png", png_of({2, 2, 8, 3, {{0, 1}, {1, 0}}, "abcdef", ""}), ""},
          {"rotated.tiff", tiff_of(image, 8, false), ""},
          {"plain.webp", encoded(".webp", image), ""},
          {"misnamed.txt", jpeg, ""},
          {"cut.txt", jpeg.substr(0, jpeg.size() / 2), "truncated"},
          {"half.jpg", jpeg.substr(0, jpeg.size() / 2), "truncated"},
          {"half.png", png.substr(0, png.size() / 2), "truncated"},
          {"empty.jpg", "", "empty"},
          {"text.jpg", "this is no picture", "not_an_image"},
          {"huge.png", png_of({60000, 60000, 8, 2, {"abc"}, "", ""}), "too_large"},
          {"pointer.jpg", "version https://git-lfs.github.com/spec/v1", "not_an_image"}};
}

TEST_F(Program, AFolderOfAThousandOddFiles) {
  const std::vector<Kind> all = kinds();
  std::map<std::string, std::string> codes;
  for (int i = 0; i < 1000; ++i) {
    const Kind& kind = all[static_cast<size_t>(i) % all.size()];
    const std::string name = std::to_string(i % 7) + "/" + std::to_string(10000 + i) + "_" + kind.name;
    write_bytes(folder_ / "odd/" + name, kind.bytes);
    if (kind.code.empty()) write_bytes(folder_ / "clean/" + name, kind.bytes);
    codes[name] = kind.code;
  }
  for (const char* name : {"odd/classes.txt", "odd/3/notes", "clean/labels.csv"}) write_bytes(folder_ / name, "cat\n");
  write_bytes(folder_ / "odd/empty.txt", "");
  ASSERT_EQ(shell(line(folder_ / "clean", "expected")).code, 0);
  const Outcome outcome =
      shell("lithe classify " + folder_ / "odd" + " --model micronet_m0 --progress json --output " + folder_ / "out");
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, testing::HasSubstr("passed over as no images by name and contents: "));
  std::istringstream progress(outcome.err);
  for (std::string text; std::getline(progress, text);) EXPECT_TRUE(Json::accept(text)) << text;
  EXPECT_EQ(shell("lithe validate " + folder_ / "out").code, 0);
  const auto found = by_path(records(folder_ / "out")), clean = by_path(records(folder_ / "expected"));
  ASSERT_EQ(found.size(), codes.size());
  for (const auto& [name, code] : codes) {
    const Json& record = found.at(name);
    if (code.empty()) {
      EXPECT_EQ(record, clean.at(name));
    } else {
      EXPECT_EQ(record.value("/error/code"_json_pointer, ""), code) << name;
    }
  }
}

TEST_F(Program, OpenCvRunsALitheNetworkByItsExport) {
  write_pictures("images", 6);
  for (const char* engine : {"halide", "opencv"}) {
    const Outcome outcome = shell("lithe classify " + folder_ / "images" + " --model mobilenet_v2 --quiet --engine " +
                                  engine + " --output " + folder_ / engine);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }
  const auto ours = by_path(records(folder_ / "halide")), other = by_path(records(folder_ / "opencv"));
  for (const auto& [path, record] : ours) {
    EXPECT_EQ(record["top"][0]["index"], other.at(path)["top"][0]["index"]) << path;
    EXPECT_NEAR(record["top"][0]["probability"], other.at(path)["top"][0]["probability"], 1e-4) << path;
  }
}

TEST_F(Program, TwentyKillsChangeNothing) {
  write_pictures("images", 1000);
  const std::string images = folder_ / "images", call = line(images, "out", "--batch 8");
  ASSERT_EQ(shell(line(images, "expected")).code, 0);
  const Outcome outcome = shell(
      "RANDOM=11\n"
      "size() { stat -c %s " +
      folder_ / "out/results.jsonl" +
      " 2>/dev/null || echo 0; }\n"
      "for kill in {1..20}; do\n"
      "  before=$(size)\n" +
      call +
      " & job=$!\n"
      // A third of them while the program starts, the others once it has gone on writing.
      "  while [ $((kill % 3)) != 0 ] && [ $(size) -le $before ] && kill -0 $job 2>/dev/null; do sleep 0.002; done\n"
      "  sleep 0.0$((RANDOM % 90 + 10))\n"
      "  kill -9 $job && killed=$((killed + 1)); wait $job 2>/dev/null\n"
      "done\n"
      "echo $killed\n" +
      call);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_GE(std::stoi(outcome.out), 10) << "too few kills met the program at work";
  EXPECT_EQ(records(folder_ / "out"), records(folder_ / "expected"));
  EXPECT_EQ(shell("lithe validate " + folder_ / "out").code, 0);
}

TEST_F(Program, AFullDiskIsNoticedAndTheRunGoesOnLater) {
  write_pictures("images", 300);
  const std::string images = folder_ / "images";
  ASSERT_EQ(shell(line(images, "expected")).code, 0);
  // No file may grow beyond 40 KB, which the system reports as it reports a full disk.
  const Outcome limited = shell("trap '' XFSZ; ulimit -f 40; " + line(images, "limited"));
  EXPECT_EQ(limited.code, 6) << limited.err;
  EXPECT_THAT(limited.err, testing::HasSubstr("results.jsonl: cannot write"));
  EXPECT_EQ(shell(line(images, "limited")).code, 0);
  EXPECT_EQ(records(folder_ / "limited"), records(folder_ / "expected"));

  if (shell("unshare -rm true").code != 0) GTEST_SKIP() << "a disk of its own is not permitted here";
  const std::string disk = folder_ / "disk";
  const Outcome full = shell("unshare -rm bash -c 'mkdir " + disk + "; mount -t tmpfs -o size=64k tmpfs " + disk +
                             "; " + line(images, "disk/out") + "; echo $?; mount -o remount,size=4m " + disk + "; " +
                             line(images, "disk/out") + "; echo $?; cp -r " + disk + "/out " + folder_ / "saved'");
  EXPECT_EQ(full.out, "6\n0\n") << full.err;
  EXPECT_THAT(full.err, testing::HasSubstr("No space left on device"));
  EXPECT_EQ(records(folder_ / "saved"), records(folder_ / "expected"));
}

#ifndef LITHE_SANITIZED  // sanitizers keep freed memory back
// The largest memory of one run over the first `count` images, in MiB.
int64_t peak_memory(const std::string& images, const std::string& output, int count) {
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string limit = std::to_string(count);
    ::execl(LITHE_BINARY_DIR "/lithe", "lithe", "classify", images.c_str(), "--model", "micronet_m0", "--quiet",
            "--output", output.c_str(), "--limit", limit.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return usage.ru_maxrss / 1024;
}

TEST_F(Program, MemoryDoesNotGrowWithTheFolder) {
  write_pictures("images", 1500);
  const int64_t few = peak_memory(folder_ / "images", folder_ / "few", 150);
  EXPECT_LE(peak_memory(folder_ / "images", folder_ / "many", 1500), few + 30);
}
#endif

}  // namespace
}  // namespace lithe::test
