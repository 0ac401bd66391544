target_link_libraries(ops_tests PRIVATE Halide::Runtime) # the metadata of kernels
