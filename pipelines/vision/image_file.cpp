#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "pipelines/vision/decode.h"
#include "pipelines/vision/image_error.h"
#include "pipelines/vision/image_header.h"

namespace lithe {
namespace {

struct OpenFile {
  int fd;
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
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

std::string read_bytes(const std::string& path, const DecodeLimits& limits) {
  // Without O_NONBLOCK a named pipe would wait for its writer.
  const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) fail(errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) fail(errno);
  if (S_ISDIR(info.st_mode)) throw ImageError(ImageFault::kNotAFile, "a folder where a file was expected");
  if (!S_ISREG(info.st_mode)) throw ImageError(ImageFault::kNotAFile, "neither a file nor a folder");
  if (info.st_size == 0) throw ImageError(ImageFault::kEmpty, "the file is empty");
  std::string bytes;
  read_more(file.fd, std::min(kSignatureBytes, static_cast<size_t>(info.st_size)), &bytes);
  image_format(bytes);  // a film or a disk image is not read to its end to learn that it is no picture
  if (info.st_size > limits.max_bytes - 1) {
    throw ImageError(ImageFault::kTooLarge, "the file holds " + std::to_string(info.st_size) + " bytes, at most " +
                                                std::to_string(limits.max_bytes - 1) + " are read");
  }
  read_more(file.fd, static_cast<size_t>(info.st_size) - bytes.size(), &bytes);
  return bytes;
}

}  // namespace

DecodedImage read_image(const std::string& path, const DecodeLimits& limits) {
  return decode_image(read_bytes(path, limits), limits);
}

}  // namespace lithe
