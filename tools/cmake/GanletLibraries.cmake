# The libraries that the native library ganlet links, as imported targets ganlet_deps::NAME. This build reads the list,
# and so do builds of ganlet's users: it is installed beside ganletConfig.cmake.

set(ganlet_library_table
  # NAME       HEADER            LIBRARY (- where there are headers alone)
  expected     tl/expected.hpp   -
  xnnpack      xnnpack.h         XNNPACK
  pthreadpool  pthreadpool.h     pthreadpool
  spng         spng.h            spng
  turbojpeg    turbojpeg.h       turbojpeg
  gif          gif_lib.h         gif
  webpmux      webp/mux.h        webpmux
  webp         webp/encode.h     webp
  zlib         zlib.h            z)

# ganlet_find_library(NAME HEADER LIBRARY): ganlet_deps::NAME, unless it exists. What is missing is added to the
# caller's ganlet_missing.
function(ganlet_find_library name header library)
  if(TARGET ganlet_deps::${name})
    return()
  endif()
  find_path(GANLET_${name}_INCLUDE_DIR ${header})
  mark_as_advanced(GANLET_${name}_INCLUDE_DIR)
  if(NOT GANLET_${name}_INCLUDE_DIR)
    set(ganlet_missing ${ganlet_missing} ${header} PARENT_SCOPE)
    return()
  endif()
  if(library STREQUAL "-")
    add_library(ganlet_deps::${name} INTERFACE IMPORTED GLOBAL)
  else()
    find_library(GANLET_${name}_LIBRARY ${library})
    mark_as_advanced(GANLET_${name}_LIBRARY)
    if(NOT GANLET_${name}_LIBRARY)
      set(ganlet_missing ${ganlet_missing} lib${library} PARENT_SCOPE)
      return()
    endif()
    add_library(ganlet_deps::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(ganlet_deps::${name} PROPERTIES IMPORTED_LOCATION ${GANLET_${name}_LIBRARY})
  endif()
  target_include_directories(ganlet_deps::${name} SYSTEM INTERFACE ${GANLET_${name}_INCLUDE_DIR})
endfunction()

# The whole table: sets ganlet_dependencies to the targets in the order in which a linker wants them, and
# ganlet_missing.
macro(ganlet_find_libraries)
  set(ganlet_dependencies)
  set(ganlet_missing)
  set(ganlet_table ${ganlet_library_table})
  while(ganlet_table)
    list(POP_FRONT ganlet_table ganlet_name ganlet_header ganlet_library)
    ganlet_find_library(${ganlet_name} ${ganlet_header} ${ganlet_library})
    list(APPEND ganlet_dependencies ganlet_deps::${ganlet_name})
  endwhile()
  if(TARGET ganlet_deps::xnnpack AND TARGET ganlet_deps::pthreadpool)
    target_link_libraries(ganlet_deps::xnnpack INTERFACE ganlet_deps::pthreadpool)
  endif()
endmacro()
