find_package(ZLIB REQUIRED)
target_link_libraries(vision_tests PRIVATE lithe_vision ${OpenCV_LIBS} JPEG::JPEG ZLIB::ZLIB)
target_include_directories(vision_tests SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS})

# Debian's OpenCV has no CUDA modules: the file that uses them runs here on a stand-in, and is compiled against
# OpenCV's declarations.
set(preprocess_cuda ${PROJECT_SOURCE_DIR}/pipelines/vision/preprocess_cuda.cpp)
target_sources(vision_tests PRIVATE ${preprocess_cuda})
set_source_files_properties(${preprocess_cuda} PROPERTIES COMPILE_OPTIONS
                                                          "-I${area}/opencv_cuda_on_host;-fvisibility=hidden")
list(TRANSFORM OpenCV_INCLUDE_DIRS PREPEND -isystem OUTPUT_VARIABLE opencv_includes)
add_test(NAME vision.CudaPreprocessing.CompilesAgainstOpenCV
         COMMAND ${CMAKE_CXX_COMPILER} -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I${PROJECT_SOURCE_DIR}
                 -isystem${area}/opencv_cuda ${opencv_includes} ${preprocess_cuda})
