# Shared objects that stand for compiled kernels; each returns its own number.
foreach(number 1 2)
  add_library(kernel_cache_kernel_${number} MODULE kernels/kernel.c)
  target_compile_definitions(kernel_cache_kernel_${number} PRIVATE NUMBER=${number})
  target_compile_options(kernel_cache_kernel_${number} PRIVATE -fno-sanitize=all)
  target_link_options(kernel_cache_kernel_${number} PRIVATE -fno-sanitize=all)
  add_dependencies(kernel_cache_tests kernel_cache_kernel_${number})
endforeach()
