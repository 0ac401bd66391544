#pragma once

#include <string>

namespace lithe {

/// The address of `name` in a shared library, which stays loaded. A bare file name is looked for beside this library
/// first, then where the system looks. Throws Error with the loader's reason.
void* symbol(const std::string& library, const std::string& name);

/// Where this library lies.
std::string folder_of_this_library();

}  // namespace lithe
