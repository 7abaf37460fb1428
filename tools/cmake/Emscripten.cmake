# The toolchain file of the web builds: Emscripten's own, of the SDK that EMSDK names or else of the emcc in PATH.
find_program(GANLET_EMCC emcc HINTS $ENV{EMSDK}/upstream/emscripten NO_CMAKE_FIND_ROOT_PATH)
if(NOT GANLET_EMCC)
  message(FATAL_ERROR "Emscripten's emcc is neither in EMSDK nor in PATH")
endif()
file(REAL_PATH ${GANLET_EMCC} emcc)
cmake_path(GET emcc PARENT_PATH emscripten)
include(${emscripten}/cmake/Modules/Platform/Emscripten.cmake)
