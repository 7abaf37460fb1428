# Third-party libraries as ganlet_deps:: targets.

# ganlet_header_only(NAME HEADER FOLDER): ganlet_deps::NAME. The headers are copied out of the system's include folder, so that a
# wasm build sees them and nothing else that lies there.
function(ganlet_header_only name header folder)
  set(staged ${CMAKE_BINARY_DIR}/headers/${name})
  find_path(GANLET_${name}_INCLUDE_DIR ${header} HINTS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH)
  mark_as_advanced(GANLET_${name}_INCLUDE_DIR)
  if(NOT GANLET_${name}_INCLUDE_DIR)
    message(FATAL_ERROR "${header} is missing (Debian: ./tools/setup.sh)")
  endif()
  file(COPY ${GANLET_${name}_INCLUDE_DIR}/${folder} DESTINATION ${staged})
  add_library(ganlet_deps_${name} INTERFACE)
  add_library(ganlet_deps::${name} ALIAS ganlet_deps_${name})
  target_include_directories(ganlet_deps_${name} SYSTEM INTERFACE $<BUILD_INTERFACE:${staged}>)
endfunction()

ganlet_header_only(expected tl/expected.hpp tl)

if(EMSCRIPTEN)
  include(XnnpackForWasm)
else()
  find_path(GANLET_XNNPACK_INCLUDE_DIR xnnpack.h REQUIRED)
  find_library(GANLET_XNNPACK_LIBRARY XNNPACK REQUIRED)
  find_library(GANLET_PTHREADPOOL_LIBRARY pthreadpool REQUIRED)
  mark_as_advanced(GANLET_XNNPACK_INCLUDE_DIR GANLET_XNNPACK_LIBRARY GANLET_PTHREADPOOL_LIBRARY)
  add_library(ganlet_deps_xnnpack INTERFACE)
  add_library(ganlet_deps::xnnpack ALIAS ganlet_deps_xnnpack)
  target_link_libraries(ganlet_deps_xnnpack INTERFACE ${GANLET_XNNPACK_LIBRARY} ${GANLET_PTHREADPOOL_LIBRARY})
endif()
