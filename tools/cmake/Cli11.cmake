# ganlet_deps::cli11: CLI11 as a library. It comes as headers, whose functions would be compiled again for each
# subcommand.
find_package(CLI11 REQUIRED)
add_library(ganlet_deps_cli11 STATIC ${CMAKE_CURRENT_LIST_DIR}/cli11.cpp)
add_library(ganlet_deps::cli11 ALIAS ganlet_deps_cli11)
target_compile_definitions(ganlet_deps_cli11 PUBLIC CLI11_COMPILE)
target_link_libraries(ganlet_deps_cli11 PUBLIC CLI11::CLI11 PRIVATE ganlet_options)
