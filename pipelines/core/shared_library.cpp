#include "pipelines/core/shared_library.h"

#include <dlfcn.h>

#include <filesystem>

#include "pipelines/core/error.h"

namespace lithe {

std::string folder_of_this_library() {
  Dl_info info{};
  LITHE_CHECK(::dladdr(reinterpret_cast<void*>(&symbol), &info) != 0);
  return std::filesystem::path(info.dli_fname).parent_path().string();
}

void* symbol(const std::string& library, const std::string& name) {
  const std::string neighbour = std::filesystem::path(folder_of_this_library()) / library;
  const std::string& file = std::filesystem::exists(neighbour) ? neighbour : library;
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw Error(std::string("cannot load a part of Lithe: ") + ::dlerror());
  void* address = ::dlsym(handle, name.c_str());
  if (address == nullptr) {
    throw Error(library + ": has no " + name + "; is it of another version of Lithe? Install both from one build");
  }
  return address;
}

}  // namespace lithe
