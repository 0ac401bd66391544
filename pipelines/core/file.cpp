#include "pipelines/core/file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

Error failed(ErrorKind kind, const std::string& what, const std::string& path) {
  return Error(kind, path + ": cannot " + what + ": " + std::strerror(errno));
}

// Opens a regular file; anything else (folder, pipe, device) would block or lie about its size.
int open_regular(const std::string& path, struct stat* info) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) throw failed(ErrorKind::kInput, "open", path);
  if (::fstat(file.get(), info) != 0) throw failed(ErrorKind::kInput, "stat", path);
  if (!S_ISREG(info->st_mode)) throw Error(path + ": expected a regular file, found something else");
  return file.release();
}

void write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw failed(ErrorKind::kOutput, "write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

std::string read_file(const std::string& path, int64_t limit) {
  struct stat info {};
  Descriptor file(open_regular(path, &info));
  if (info.st_size > limit) {
    throw Error(path + ": holds " + std::to_string(info.st_size) + " bytes, at most " + std::to_string(limit) +
                " are accepted");
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.get(), &bytes[done], bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failed(ErrorKind::kInput, "read", path);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes, unsigned mode) {
  write_file(
      path, [&](const auto& append) { append(bytes); }, mode);
}

void write_file(const std::string& path,
                const std::function<void(const std::function<void(std::string_view)>&)>& produce, unsigned mode) {
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (file.get() < 0) throw failed(ErrorKind::kOutput, "create", temporary);
  try {
    produce([&](std::string_view bytes) { write_all(file.get(), bytes, path); });
    if (::fsync(file.get()) != 0) throw failed(ErrorKind::kOutput, "sync", path);
    if (::close(file.release()) != 0) throw failed(ErrorKind::kOutput, "close", path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw failed(ErrorKind::kOutput, "rename to", path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

MappedFile::MappedFile(const std::string& path) {
  struct stat info {};
  Descriptor file(open_regular(path, &info));
  size_ = static_cast<size_t>(info.st_size);
  if (size_ == 0) return;
  void* map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (map == MAP_FAILED) throw failed(ErrorKind::kInput, "map", path);
  data_ = static_cast<const char*>(map);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  LITHE_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) == 1);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", digest[i]);
    hex += digits;
  }
  return hex;
}

}  // namespace lithe
