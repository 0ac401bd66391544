#pragma once

#include <cstddef>

namespace lithe {

/// Memory for kernels' temporaries, 128 bytes aligned; nullptr if there is none. Blocks are kept per thread for the
/// next call: fresh pages from the system cost more than the copy that is written into them.
void* allocate_scratch(std::size_t bytes);
void free_scratch(void* memory);

}  // namespace lithe
