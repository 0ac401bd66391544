#include "pipelines/kernel_cache/kernel_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

constexpr char kSymbol[] = "lithe_kernel_argv";  // kKernelSymbol of halide_generators/compiler/compile.h

Error failed(const char* what) {
  return Error(std::string("cannot ") + what + " a kernel in memory: " + std::strerror(errno));
}

// A file without a name that holds `bytes` for good.
class SealedFile {
 public:
  explicit SealedFile(std::string_view bytes) : fd_(::memfd_create("lithe kernel", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (fd_ < 0) throw failed("keep");
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) close_and_throw("write");
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    if (::fcntl(fd_, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) != 0) close_and_throw("seal");
  }
  ~SealedFile() { ::close(fd_); }
  SealedFile(const SealedFile&) = delete;

  // A spelling of its path that was never used before: the loader takes an equal one for a library that it has already,
  // although the number of the descriptor has come to mean another file.
  std::string path() const {
    static std::atomic<unsigned> count{0};
    std::string text = "/proc/self";
    for (unsigned bits = ++count; bits != 0; bits >>= 1) text += (bits & 1) != 0 ? "/." : "/";
    return text + "/fd/" + std::to_string(fd_);
  }

 private:
  [[noreturn]] void close_and_throw(const char* what) const {
    const Error error = failed(what);
    ::close(fd_);
    throw error;
  }
  int fd_;
};

}  // namespace

KernelLibrary::KernelLibrary(std::string_view bytes) {
  const SealedFile file(bytes);
  handle_ = ::dlopen(file.path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) throw Error(std::string("cannot be loaded: ") + ::dlerror());
  call_ = reinterpret_cast<KernelFunction>(::dlsym(handle_, kSymbol));
  if (call_ != nullptr) return;
  ::dlclose(handle_);
  throw Error(std::string("is no kernel: it has no ") + kSymbol);
}

KernelLibrary::~KernelLibrary() {
  if (handle_ != nullptr) ::dlclose(handle_);
}

}  // namespace lithe
