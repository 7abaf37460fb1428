# ganlet::ganlet, the library as its users see it: the layers in one archive, the headers that ganlet.h includes, and
# what find_package(ganlet) and pkg-config need.

include(CMakePackageConfigHelpers)

set(ganlet_layers core onnx import graph reference xnn backends image image_files generator model_folder)
if(TARGET ganlet_gl)
  list(APPEND ganlet_layers gpu gl)
endif()
list(TRANSFORM ganlet_layers PREPEND "$<TARGET_OBJECTS:ganlet_" OUTPUT_VARIABLE ganlet_objects)
list(TRANSFORM ganlet_objects APPEND ">")
add_library(ganlet STATIC ${ganlet_objects})
add_library(ganlet::ganlet ALIAS ganlet)
set_target_properties(ganlet PROPERTIES LINKER_LANGUAGE CXX)
target_compile_features(ganlet INTERFACE cxx_std_20)
target_include_directories(ganlet INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/ganlet>)
target_link_libraries(ganlet INTERFACE ${ganlet_dependencies} Threads::Threads ${CMAKE_DL_LIBS})

set(ganlet_package ${CMAKE_INSTALL_LIBDIR}/cmake/ganlet)
install(TARGETS ganlet EXPORT ganlet ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT ganlet NAMESPACE ganlet:: FILE ganletTargets.cmake DESTINATION ${ganlet_package})
install(CODE "set(source \"${PROJECT_SOURCE_DIR}/src\")\nset(folder \"${CMAKE_INSTALL_INCLUDEDIR}/ganlet\")")
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/install_headers.cmake)

set(ganlet_xnnpack_installed)
foreach(archive IN LISTS ganlet_xnnpack_archives)
  cmake_path(GET archive FILENAME name)
  list(APPEND ganlet_xnnpack_installed ${name})
  install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR}/ganlet)
endforeach()

# Before 1.0 a minor version may change the interface; the bytes of an archive are for one kind of machine.
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ganletConfig.cmake.in ${PROJECT_BINARY_DIR}/ganletConfig.cmake
  INSTALL_DESTINATION ${ganlet_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ganletConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ganletConfig.cmake ${PROJECT_BINARY_DIR}/ganletConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/GanletLibraries.cmake DESTINATION ${ganlet_package})

# The same for pkg-config. The archive is static, so whoever links it links all of these.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE
ganlet_prefix)
set(ganlet_link_flags)
foreach(name IN LISTS ganlet_xnnpack_installed)
  string(APPEND ganlet_link_flags " \${libdir}/ganlet/${name}")
endforeach()
if(ganlet_xnnpack_installed AND ganlet_cpuinfo)
  string(APPEND ganlet_link_flags " -lcpuinfo")
endif()
set(ganlet_table ${ganlet_library_table})
while(ganlet_table)
  list(POP_FRONT ganlet_table name header library)
  if(library STREQUAL "-" OR (ganlet_xnnpack_installed AND name MATCHES "xnnpack|pthreadpool"))
    continue()
  endif()
  string(APPEND ganlet_link_flags " -l${library}")
endwhile()
foreach(library IN LISTS CMAKE_DL_LIBS) # for OpenGL, which is loaded at run time
  string(APPEND ganlet_link_flags " -l${library}")
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/ganlet.pc.in ${PROJECT_BINARY_DIR}/ganlet.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ganlet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
