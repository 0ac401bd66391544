add_dependencies(devices_tests lithe_cli lithe_kernelc)
if(LITHE_GPU)
  add_dependencies(devices_tests lithe_devices)
endif()
# Where CUDA's assembler is installed, it judges our PTX; nothing else of CUDA is needed.
find_program(PTXAS ptxas HINTS /usr/local/cuda/bin)
if(PTXAS AND LITHE_GPU)
  target_compile_definitions(devices_tests PRIVATE LITHE_PTXAS="${PTXAS}")
endif()
