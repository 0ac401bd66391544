target_link_libraries(ops_tests PRIVATE Halide::Runtime) # the metadata of kernels
if(LITHE_GPU)
  add_dependencies(ops_tests lithe_devices)
endif()
