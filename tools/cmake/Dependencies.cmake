# Third-party libraries as ganlet_deps:: targets.

include(Sources)

# ganlet_header_only(NAME HEADER FOLDER): ganlet_deps::NAME. The headers are copied out of the system's include folder,
# so that a build for another system sees them and nothing else that lies there.
function(ganlet_header_only name header folder)
  set(staged ${CMAKE_BINARY_DIR}/headers/${name})
  find_path(GANLET_${name}_INCLUDE_DIR ${header} HINTS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH)
  mark_as_advanced(GANLET_${name}_INCLUDE_DIR)
  if(NOT GANLET_${name}_INCLUDE_DIR)
    message(FATAL_ERROR "${header} is missing (Debian: ./tools/setup.sh)")
  endif()
  file(COPY ${GANLET_${name}_INCLUDE_DIR}/${folder} DESTINATION ${staged})
  add_library(ganlet_deps::${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(ganlet_deps::${name} INTERFACE ${staged})
endfunction()

ganlet_header_only(expected tl/expected.hpp tl)

if(EMSCRIPTEN)
  include(XnnpackForWasm)
else()
  include(Xnnpack)
  include(GanletLibraries)
  ganlet_find_libraries()
  if(ganlet_missing)
    message(FATAL_ERROR "Missing: ${ganlet_missing} (Debian: ./tools/setup.sh)")
  endif()
endif()

if(GANLET_BUILD_STUDIO)
  include(ImGui)
  if(ganlet_missing)
    list(JOIN ganlet_missing ", " ganlet_missing)
    if(NOT GANLET_BUILD_STUDIO STREQUAL "AUTO")
      message(FATAL_ERROR
        "The studio needs ${ganlet_missing} (Debian: ./tools/setup.sh); -DGANLET_BUILD_STUDIO=OFF builds without it")
    endif()
    ganlet_leave_out("the studio, which needs ${ganlet_missing}")
    set(GANLET_BUILD_STUDIO OFF)
  endif()
endif()
