# The program is run as users run it; options and exit codes are tested from the inside as well.
add_dependencies(cli_tests lithe_cli lithe_vision lithe_kernelc)
target_sources(cli_tests PRIVATE ${PROJECT_SOURCE_DIR}/cli/options.cpp ${PROJECT_SOURCE_DIR}/cli/parse.cpp
                                 ${PROJECT_SOURCE_DIR}/cli/exit_code.cpp ${PROJECT_SOURCE_DIR}/cli/recipes.cpp)
target_link_libraries(cli_tests PRIVATE Boost::program_options)
