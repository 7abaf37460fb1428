# ganlet::ganlet, the library as its users see it: the layers in one archive, its headers, and what find_package(ganlet) needs.

include(CMakePackageConfigHelpers)

set(ganlet_layers core onnx graph reference xnn image image_files generator model_folder)
list(TRANSFORM ganlet_layers PREPEND "$<TARGET_OBJECTS:ganlet_" OUTPUT_VARIABLE ganlet_objects)
list(TRANSFORM ganlet_objects APPEND ">")
add_library(ganlet STATIC ${ganlet_objects})
add_library(ganlet::ganlet ALIAS ganlet)
set_target_properties(ganlet PROPERTIES LINKER_LANGUAGE CXX)
target_compile_features(ganlet INTERFACE cxx_std_20)
target_include_directories(ganlet INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/ganlet>)
# Once installed, ganletConfig.cmake looks for these on the machine it finds itself on.
target_link_libraries(ganlet INTERFACE
  $<BUILD_INTERFACE:ganlet_deps::expected> $<BUILD_INTERFACE:ganlet_deps::xnnpack>
  $<BUILD_INTERFACE:ganlet_deps::spng> $<BUILD_INTERFACE:ganlet_deps::turbojpeg>)

set(ganlet_package ${CMAKE_INSTALL_LIBDIR}/cmake/ganlet)
install(TARGETS ganlet EXPORT ganlet ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT ganlet NAMESPACE ganlet:: FILE ganletTargets.cmake DESTINATION ${ganlet_package})
install(FILES ${PROJECT_SOURCE_DIR}/src/ganlet.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ganlet)
foreach(layer core graph image generator)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/${layer} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ganlet
    FILES_MATCHING PATTERN "*.h" PATTERN "json_reader.h" EXCLUDE)
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ganletConfig.cmake.in ${CMAKE_BINARY_DIR}/ganletConfig.cmake
  INSTALL_DESTINATION ${ganlet_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/ganletConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/ganletConfig.cmake ${CMAKE_BINARY_DIR}/ganletConfigVersion.cmake DESTINATION ${ganlet_package})
