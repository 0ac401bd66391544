#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "pipelines/vision/decode.h"
#include "pipelines/vision/image_error.h"
#include "pipelines/vision/image_header.h"

namespace lithe {
namespace {

class OpenFile {
 public:
  // Without O_NONBLOCK a named pipe would wait for its writer.
  explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(int reason) {
  const ImageFault fault = reason == ENOENT || reason == ENOTDIR || reason == ELOOP ? ImageFault::kNotFound
                           : reason == EACCES || reason == EPERM                    ? ImageFault::kPermissionDenied
                                                                                    : ImageFault::kUnreadable;
  throw ImageError(fault, std::strerror(reason));
}

// Appends up to `count` bytes; fewer at the end of the file.
void read_more(int fd, size_t count, std::string* bytes) {
  size_t done = bytes->size();
  bytes->resize(done + count);
  while (done < bytes->size()) {
    const ssize_t got = ::read(fd, &(*bytes)[done], bytes->size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  bytes->resize(done);
}

struct OpenImage {
  OpenFile file;
  int64_t size;
  std::string begin;  // of its bytes, with the signature of an image
};

// A film or a disk image is not read to its end to learn that it is no picture.
OpenImage open_image(const std::string& path) {
  OpenFile file(path);
  if (file.fd() < 0) fail(errno);
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) fail(errno);
  if (S_ISDIR(info.st_mode)) throw ImageError(ImageFault::kNotAFile, "a folder where a file was expected");
  if (!S_ISREG(info.st_mode)) throw ImageError(ImageFault::kNotAFile, "neither a file nor a folder");
  if (info.st_size == 0) throw ImageError(ImageFault::kEmpty, "the file is empty");
  std::string begin;
  read_more(file.fd(), std::min(kSignatureBytes, static_cast<size_t>(info.st_size)), &begin);
  image_format(begin);
  return {std::move(file), info.st_size, std::move(begin)};
}

}  // namespace

DecodedImage read_image(const std::string& path, const DecodeLimits& limits) {
  const OpenImage image = open_image(path);
  if (image.size > limits.max_bytes - 1) {
    throw ImageError(ImageFault::kTooLarge, "the file holds " + std::to_string(image.size) + " bytes, at most " +
                                                std::to_string(limits.max_bytes - 1) + " are read");
  }
  std::string bytes = image.begin;
  read_more(image.file.fd(), static_cast<size_t>(image.size) - bytes.size(), &bytes);
  return decode_image(std::move(bytes), limits);
}

bool may_be_image(const std::string& path) try {
  open_image(path);
  return true;
} catch (const ImageError& e) {
  return e.fault() != ImageFault::kNotAnImage && e.fault() != ImageFault::kEmpty;
}

}  // namespace lithe
