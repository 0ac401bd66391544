#pragma once

#include <cstddef>

namespace lithe {

/// Memory for kernels' temporaries, 128 bytes aligned; nullptr if there is none. Small blocks are kept per thread for
/// the next call; large ones come from MemoryPool::shared(), which all threads and the tensors of training share.
void* allocate_scratch(std::size_t bytes);
void free_scratch(void* memory);

}  // namespace lithe
