# Sets are made by the tests themselves: in C++ where the form is simple, by Debian's python3-scipy where it is not.
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED)
add_dependencies(datasets_tests lithe_cli)
target_link_libraries(datasets_tests PRIVATE lithe_datasets lithe_vision ${OpenCV_LIBS} ZLIB::ZLIB BZip2::BZip2
                                             PkgConfig::libzip)
target_include_directories(datasets_tests SYSTEM PRIVATE ${OpenCV_INCLUDE_DIRS})
