#include "pipelines/kernel_cache/record_journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"

namespace lithe {
namespace {

Error failed(const std::string& path, const char* what) {
  return Error(ErrorKind::kOutput, path + ": cannot " + what + ": " + std::strerror(errno));
}

// The journal opened for appending, locked until the end of the scope.
class Locked {
 public:
  explicit Locked(const std::string& path) : path_(path) {
    // An edit puts another file in place; a lock on the former one holds nobody off.
    do {
      if (fd_ >= 0) ::close(fd_);
      fd_ = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd_ < 0) throw failed(path, "open");
      while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {  // a file system without locks goes without
      }
    } while (!in_place());
  }
  ~Locked() { ::close(fd_); }
  Locked(const Locked&) = delete;

  off_t size() const {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) throw failed(path_, "examine");
    return info.st_size;
  }
  bool torn() const {
    char last = '\n';
    return size() > 0 && ::pread(fd_, &last, 1, size() - 1) == 1 && last != '\n';
  }
  void append(const std::string& text) const {
    const off_t before = size();
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written == static_cast<ssize_t>(text.size()) && ::fdatasync(fd_) == 0) return;
    if (written >= 0 && written < static_cast<ssize_t>(text.size())) errno = ENOSPC;
    const Error error = failed(path_, "write");
    if (::ftruncate(fd_, before) != 0) throw failed(path_, "shorten");
    throw error;
  }

 private:
  bool in_place() const {
    struct stat mine {
    }, there{};
    return ::fstat(fd_, &mine) == 0 && ::stat(path_.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
  }

  const std::string& path_;
  int fd_ = -1;
};

}  // namespace

void append_line(const std::string& path, std::string_view line) {
  const Locked journal(path);
  journal.append((journal.torn() ? "\n" : "") + std::string(line) + "\n");
}

void edit_lines(const std::string& path, const std::function<std::string(std::string_view)>& edit) {
  const Locked journal(path);
  write_file(path, edit(read_file(path)), 0600);
}

void each_line(std::string_view text, const std::function<void(std::string_view, int)>& read) {
  for (int number = 1;; ++number) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return;
    read(text.substr(0, end), number);
    text.remove_prefix(end + 1);
  }
}

}  // namespace lithe
