#pragma once

#include <string>
#include <string_view>

namespace lithe {

/// A compiled kernel: arguments as for the generic kernel of the same name.
using KernelFunction = int (*)(void** arguments);

/// A shared object with one kernel, loaded from bytes in memory: nobody can change them between check and use.
class KernelLibrary {
 public:
  /// Throws Error with the loader's reason.
  explicit KernelLibrary(std::string_view bytes);
  ~KernelLibrary();
  KernelLibrary(KernelLibrary&& other) noexcept : handle_(other.handle_), call_(other.call_) {
    other.handle_ = nullptr;
  }
  KernelLibrary& operator=(KernelLibrary&&) = delete;

  KernelFunction call() const { return call_; }

 private:
  void* handle_ = nullptr;
  KernelFunction call_ = nullptr;
};

}  // namespace lithe
