// enlarge WIDTH FOLDER FILE...: writes every image as a JPEG of that width into the folder, as a camera would have it.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

int main(int argc, char** argv) {
  const int width = argc > 3 ? std::atoi(argv[1]) : 0;
  if (width < 1) {
    std::fprintf(stderr, "usage: enlarge WIDTH FOLDER FILE...\n");
    return 2;
  }
  const std::filesystem::path folder = argv[2];
  for (int i = 3; i < argc; ++i) {
    const std::string name = std::filesystem::path(argv[i]).stem().string() + ".jpg";
    const cv::Mat image = cv::imread(argv[i]);
    cv::Mat large;
    if (!image.empty()) cv::resize(image, large, {width, width * image.rows / image.cols}, 0, 0, cv::INTER_CUBIC);
    if (large.empty() || !cv::imwrite(folder / name, large, {cv::IMWRITE_JPEG_QUALITY, 90})) {
      std::fprintf(stderr, "enlarge: cannot make %s of %s\n", name.c_str(), argv[i]);
      return 1;
    }
  }
  return 0;
}
