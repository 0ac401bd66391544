# The job from the inside, with a classifier made for the test, and the built program where it has to be killed.
find_package(ZLIB REQUIRED)
add_dependencies(classify_tests lithe_cli)
target_sources(classify_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests/vision/samples.cpp)
target_link_libraries(classify_tests PRIVATE lithe_vision lithe_datasets ${OpenCV_LIBS} JPEG::JPEG ZLIB::ZLIB)
target_include_directories(classify_tests SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS})
