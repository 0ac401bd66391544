# The program is run as users run it; the trainers are tested from the inside as well.
add_dependencies(trainers_tests lithe_cli)
target_link_libraries(trainers_tests PRIVATE lithe_trainers lithe_datasets Eigen3::Eigen)
