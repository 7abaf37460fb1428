# ganlet_deps::xnnpack and ganlet_deps::pthreadpool natively. Pictures are XNNPACK's, so it is the commit that
# tools/fetch_sources.sh pins everywhere: the system's package where its version names that commit (Debian 13), else the
# pinned source, compiled once for all build folders with one compiler.

set(GANLET_XNNPACK PINNED CACHE STRING
  "XNNPACK: PINNED, the pinned commit from the system or compiled; COMPILED; or SYSTEM, in any version")
file(STRINGS ${PROJECT_SOURCE_DIR}/tools/fetch_sources.sh ganlet_xnnpack_commit REGEX "^xnnpack +[0-9a-f]+ ")
string(REGEX MATCH "[0-9a-f]+ " ganlet_xnnpack_commit ${ganlet_xnnpack_commit})
string(SUBSTRING ${ganlet_xnnpack_commit} 0 7 ganlet_xnnpack_commit)
set(ganlet_xnnpack_archives)

if(GANLET_XNNPACK STREQUAL "PINNED")
  set(version)
  find_program(GANLET_DPKG_QUERY dpkg-query)
  mark_as_advanced(GANLET_DPKG_QUERY)
  if(GANLET_DPKG_QUERY)
    execute_process(COMMAND ${GANLET_DPKG_QUERY} -W -f "\${Version}" libxnnpack-dev OUTPUT_VARIABLE version ERROR_QUIET)
  endif()
  if(version MATCHES "${ganlet_xnnpack_commit}")
    return()
  endif()
elseif(GANLET_XNNPACK STREQUAL "SYSTEM")
  message(STATUS
    "ganlet: the system's XNNPACK, in whatever version it is: pictures may differ from those of other builds")
  return()
elseif(NOT GANLET_XNNPACK STREQUAL "COMPILED")
  message(FATAL_ERROR "GANLET_XNNPACK is ${GANLET_XNNPACK}, and has to be PINNED, COMPILED or SYSTEM")
endif()

message(STATUS "ganlet: XNNPACK is compiled from its source at ${ganlet_xnnpack_commit}")
include(ExternalProject)
ganlet_fetch(xnnpack pthreadpool fp16 fxdiv)
set(ganlet_xnnpack_build
  ${GANLET_SOURCES}/xnnpack-${CMAKE_SYSTEM_PROCESSOR}-${CMAKE_C_COMPILER_ID}-${CMAKE_C_COMPILER_VERSION})
set(archives XNNPACK microkernels-prod pthreadpool)

# What it asks of the processor is the same in every version.
find_path(GANLET_CPUINFO_INCLUDE_DIR cpuinfo.h)
find_library(GANLET_CPUINFO_LIBRARY cpuinfo)
mark_as_advanced(GANLET_CPUINFO_INCLUDE_DIR GANLET_CPUINFO_LIBRARY)
if(GANLET_CPUINFO_INCLUDE_DIR AND GANLET_CPUINFO_LIBRARY)
  set(ganlet_cpuinfo ${GANLET_CPUINFO_LIBRARY})
  file(CONFIGURE OUTPUT ${ganlet_xnnpack_build}/system_cpuinfo.cmake @ONLY CONTENT "add_library(cpuinfo INTERFACE)\n")
  cmake_path(GET GANLET_CPUINFO_INCLUDE_DIR PARENT_PATH cpuinfo_prefix)
  set(ganlet_cpuinfo_arguments -DCMAKE_PROJECT_XNNPACK_INCLUDE=${ganlet_xnnpack_build}/system_cpuinfo.cmake
    -DCPUINFO_SOURCE_DIR=${cpuinfo_prefix})
else()
  ganlet_fetch(cpuinfo)
  list(APPEND archives cpuinfo)
  set(ganlet_cpuinfo)
  set(ganlet_cpuinfo_arguments -DCPUINFO_SOURCE_DIR=${GANLET_SOURCES}/cpuinfo)
endif()

foreach(archive IN LISTS archives)
  set(folder ${ganlet_xnnpack_build}/)
  if(NOT archive MATCHES "XNNPACK|microkernels")
    string(APPEND folder ${archive}/)
  endif()
  list(APPEND ganlet_xnnpack_archives ${folder}${CMAKE_STATIC_LIBRARY_PREFIX}${archive}${CMAKE_STATIC_LIBRARY_SUFFIX})
endforeach()

# Not with this build's flags: sanitizers have no business there, and no multiplication may be fused with an addition.
ExternalProject_Add(ganlet_xnnpack
  PREFIX ${ganlet_xnnpack_build} SOURCE_DIR ${GANLET_SOURCES}/xnnpack BINARY_DIR ${ganlet_xnnpack_build}
  CMAKE_ARGS
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
    -DCMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER} -DCMAKE_POSITION_INDEPENDENT_CODE=ON
    "-DCMAKE_C_FLAGS=-w -ffp-contract=off" "-DCMAKE_CXX_FLAGS=-w -ffp-contract=off"
    -DCMAKE_OSX_ARCHITECTURES=${CMAKE_OSX_ARCHITECTURES}
    -DXNNPACK_LIBRARY_TYPE=static -DXNNPACK_BUILD_TESTS=OFF -DXNNPACK_BUILD_BENCHMARKS=OFF
    -DXNNPACK_BUILD_ALL_MICROKERNELS=OFF
    -DXNNPACK_ENABLE_KLEIDIAI=OFF -DPTHREADPOOL_BUILD_TESTS=OFF -DPTHREADPOOL_BUILD_BENCHMARKS=OFF
    -DPTHREADPOOL_LIBRARY_TYPE=static
    -DCPUINFO_LIBRARY_TYPE=static -DCPUINFO_BUILD_TOOLS=OFF -DCPUINFO_BUILD_UNIT_TESTS=OFF
    -DCPUINFO_BUILD_MOCK_TESTS=OFF
    -DCPUINFO_BUILD_BENCHMARKS=OFF -DPTHREADPOOL_SOURCE_DIR=${GANLET_SOURCES}/pthreadpool
    -DFP16_SOURCE_DIR=${GANLET_SOURCES}/fp16
    -DFXDIV_SOURCE_DIR=${GANLET_SOURCES}/fxdiv ${ganlet_cpuinfo_arguments}
  INSTALL_COMMAND "" BUILD_BYPRODUCTS ${ganlet_xnnpack_archives} USES_TERMINAL_BUILD ON)

add_library(ganlet_deps::xnnpack INTERFACE IMPORTED GLOBAL)
add_library(ganlet_deps::pthreadpool INTERFACE IMPORTED GLOBAL)
add_dependencies(ganlet_deps::xnnpack ganlet_xnnpack)
target_include_directories(ganlet_deps::xnnpack SYSTEM INTERFACE ${GANLET_SOURCES}/xnnpack/include
  ${GANLET_SOURCES}/pthreadpool/include)
target_link_libraries(ganlet_deps::xnnpack INTERFACE ${ganlet_xnnpack_archives} ${ganlet_cpuinfo} Threads::Threads)
