find_package(ZLIB REQUIRED)
target_link_libraries(vision_tests PRIVATE lithe_vision ${OpenCV_LIBS} JPEG::JPEG ZLIB::ZLIB)
target_include_directories(vision_tests SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS})
