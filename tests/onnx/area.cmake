# The messages of ONNX, to build files with; their code lies in the library.
target_link_libraries(onnx_tests PRIVATE lithe_vision protobuf::libprotobuf ${OpenCV_LIBS})
target_include_directories(onnx_tests SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS} ${CMAKE_BINARY_DIR}/pipelines)
