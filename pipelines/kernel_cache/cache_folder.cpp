#include "pipelines/kernel_cache/cache_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/core/shared_library.h"

namespace lithe {
namespace {

constexpr char kOff[] = "none";
constexpr off_t kLimit = off_t{1} << 28;  // bytes of a file that is read whole

std::string environment(const char* name) {
  const char* value = ::secure_getenv(name);
  return value == nullptr ? "" : value;
}

bool switched_off() { return environment("LITHE_KERNEL_CACHE") == kOff; }

}  // namespace

CacheFolder::CacheFolder(const std::string& path, Kind kind)
    : path_(path), kind_(kind), fd_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (fd_ >= 0) {
    refusal_ = unsafe(fd_);
  } else if (errno != ENOENT) {
    refusal_ = std::string("cannot be opened: ") + std::strerror(errno);
  }
}

CacheFolder::~CacheFolder() {
  if (fd_ >= 0) ::close(fd_);
}

CacheFolder::CacheFolder(CacheFolder&& other) noexcept
    : path_(std::move(other.path_)), refusal_(std::move(other.refusal_)), kind_(other.kind_), fd_(other.fd_) {
  other.fd_ = -1;
}

std::string CacheFolder::unsafe(int fd) const {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return std::string("cannot be examined: ") + std::strerror(errno);
  if (kind_ == Kind::kShipped) return (info.st_mode & S_IWOTH) != 0 ? "everybody may write it" : "";
  if (info.st_uid != ::geteuid()) return "belongs to another user";
  return (info.st_mode & (S_IWGRP | S_IWOTH)) != 0 ? "others may write it (chmod go-w)" : "";
}

std::string CacheFolder::read_file(const std::string& name, bool must_be_private) const {
  const int fd = ::openat(fd_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) throw Error(errno == ENOENT ? "is missing" : std::string("cannot be opened: ") + std::strerror(errno));
  struct stat info {};
  std::string reason, bytes;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) reason = "is no regular file";
  if (reason.empty() && info.st_size > kLimit) reason = "is too large";
  if (reason.empty() && must_be_private) reason = unsafe(fd);
  if (reason.empty()) {
    bytes.resize(static_cast<size_t>(info.st_size));
    size_t done = 0;
    for (ssize_t count = 1; count != 0 && done < bytes.size();) {
      count = ::read(fd, &bytes[done], bytes.size() - done);
      if (count < 0 && errno != EINTR) reason = std::string("cannot be read: ") + std::strerror(errno), count = 0;
      if (count > 0) done += static_cast<size_t>(count);
      if (count < 0) count = 1;
    }
    bytes.resize(done);
  }
  ::close(fd);
  if (!reason.empty()) throw Error(reason);
  return bytes;
}

std::string CacheFolder::journal() const {
  if (fd_ < 0 || !refusal_.empty()) return "";
  if (::faccessat(fd_, kJournal, F_OK, 0) != 0) return "";
  return read_file(kJournal, true);
}

std::string CacheFolder::read(const KernelRecord& record) const {
  if (!refusal_.empty()) throw Error(refusal_);
  if (record.file.find('/') != std::string::npos) throw Error("its record names a file elsewhere");
  std::string bytes = read_file(record.file, false);
  if (sha256(bytes) != record.sha256) throw Error("is torn or altered: its hash is not the recorded one");
  return bytes;
}

std::string user_kernel_folder() {
  if (switched_off()) return "";
  const std::string chosen = environment("LITHE_KERNEL_CACHE"), xdg = environment("XDG_CACHE_HOME"),
                    home = environment("HOME");
  if (!chosen.empty()) return chosen;
  if (!xdg.empty() && xdg[0] == '/') return xdg + "/lithe/kernels";  // the standard: relative ones are ignored
  return home.empty() ? "" : home + "/.cache/lithe/kernels";
}

std::string shipped_kernel_folder() {
  const std::filesystem::path library = folder_of_this_library();
  const std::filesystem::path installed = library / "lithe" / "kernels";
  return std::filesystem::exists(installed) ? installed : library / "kernels";
}

std::vector<CacheFolder> kernel_folders() {
  std::vector<CacheFolder> folders;
  if (switched_off()) return folders;
  const std::string user = user_kernel_folder();
  if (!user.empty()) folders.emplace_back(user, CacheFolder::Kind::kUser);
  folders.emplace_back(shipped_kernel_folder(), CacheFolder::Kind::kShipped);
  return folders;
}

}  // namespace lithe
