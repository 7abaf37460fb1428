# ganlet_deps::spng, turbojpeg, gif, webp, webpmux and zlib: the codecs of the native programs. Also read by ganletConfig.cmake.

function(ganlet_find_codec name header library)
  if(TARGET ganlet_deps::${name})
    return()
  endif()
  find_path(GANLET_${name}_INCLUDE_DIR ${header})
  find_library(GANLET_${name}_LIBRARY ${library})
  mark_as_advanced(GANLET_${name}_INCLUDE_DIR GANLET_${name}_LIBRARY)
  if(NOT GANLET_${name}_INCLUDE_DIR OR NOT GANLET_${name}_LIBRARY)
    message(FATAL_ERROR "${header} or lib${library} is missing: install lib${name} with its headers (Debian: ./tools/setup.sh)")
  endif()
  add_library(ganlet_deps::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(ganlet_deps::${name} PROPERTIES
    IMPORTED_LOCATION ${GANLET_${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${GANLET_${name}_INCLUDE_DIR})
endfunction()

ganlet_find_codec(spng spng.h spng)
ganlet_find_codec(turbojpeg turbojpeg.h turbojpeg)
ganlet_find_codec(gif gif_lib.h gif)
ganlet_find_codec(webp webp/encode.h webp)
ganlet_find_codec(webpmux webp/mux.h webpmux)
ganlet_find_codec(zlib zlib.h z)
