#include "pipelines/formats/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"

namespace lithe {

size_t for_each_line(std::string_view text, const std::function<void(std::string_view, int64_t)>& read) {
  size_t begin = 0;
  for (int64_t number = 1;; ++number) {
    const size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return begin;
    read(text.substr(begin, end - begin), number);
    begin = end + 1;
  }
}

namespace {

// A new file is safe only once its name is written to its folder; some file systems cannot be asked for that.
void sync_folder(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Journal::Journal(const std::string& path, bool fresh) : path_(path) {
  open();
  try {
    if (!fresh) read();
    drop_what_follows();
    sync_folder(path_);
    synced_size_ = size_;
    synced_records_ = records();
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

Journal::~Journal() { ::close(fd_); }

void Journal::open() {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0) throw Error(ErrorKind::kOutput, path_ + ": cannot open: " + std::strerror(errno));
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {  // else: a file system without locks
    ::close(fd_);
    throw Error(ErrorKind::kUsage, path_ + ": another process is writing it; wait for it or use another --output");
  }
}

void Journal::read() {
  const MappedFile file(path_);
  size_ = static_cast<int64_t>(for_each_line(file.bytes(), [&](std::string_view line, int64_t number) {
    try {
      const ImageRecord record = parse_line(line);
      add(record.path, !record.error_code.empty());
    } catch (const Error& e) {
      throw Error(path_ + ":" + std::to_string(number) + ": not a record: " + e.what() + "; --fresh starts over");
    }
  }));
}

void Journal::drop_what_follows() {
  if (::ftruncate(fd_, size_) != 0 || ::lseek(fd_, 0, SEEK_END) != size_) {
    throw Error(ErrorKind::kOutput, path_ + ": cannot shorten: " + std::strerror(errno));
  }
}

void Journal::append(const std::vector<ImageRecord>& records) {
  std::string lines;
  for (const ImageRecord& record : records) lines += to_line(record);
  size_t done = 0;
  while (done < lines.size()) {
    const ssize_t written = ::write(fd_, lines.data() + done, lines.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    done += static_cast<size_t>(written);
  }
  if (done < lines.size()) {
    const int reason = errno;
    sync();
    fail(reason, size_, this->records());
  }
  size_ += static_cast<int64_t>(lines.size());
  for (const ImageRecord& record : records) add(as_utf8(record.path), !record.error_code.empty());
}

void Journal::sync() {
  if (::fdatasync(fd_) != 0) fail(errno, synced_size_, synced_records_);
  synced_size_ = size_;
  synced_records_ = records();
}

void Journal::fail(int reason, int64_t size, int64_t safe) const {
  // Where this fails as well, a torn line is dropped at the next opening.
  if (::ftruncate(fd_, size) != 0) errno = reason;
  throw Error(ErrorKind::kOutput, path_ + ": cannot write: " + std::strerror(reason) + "; the " + std::to_string(safe) +
                                      " records before are safe, and the same command continues after them");
}

void Journal::add(const std::string& written_path, bool failed) {
  paths_.insert(written_path);
  failures_ += failed;
}

bool Journal::holds(const std::string& path) const { return paths_.count(as_utf8(path)) != 0; }

}  // namespace lithe
