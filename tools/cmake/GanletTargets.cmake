# Flags that every target of the project shares, and the one way in which a layer is declared.

find_package(Threads REQUIRED)

add_library(ganlet_options INTERFACE)
target_compile_features(ganlet_options INTERFACE cxx_std_20)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(ganlet_no_initializer_warning -Wno-missing-designated-field-initializers)
else()
  set(ganlet_no_initializer_warning -Wno-missing-field-initializers) # GCC's word for the same
endif()
# A seed gives the same numbers on every platform only if no compiler fuses a multiplication and an addition.
target_compile_options(ganlet_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-sign-compare
  ${ganlet_no_initializer_warning} -ffp-contract=off)
if(GANLET_SANITIZE)
  set(ganlet_fatal)
  if(GANLET_SANITIZE MATCHES "undefined")
    set(ganlet_fatal -fno-sanitize-recover=undefined)
  endif()
  target_compile_options(ganlet_options INTERFACE -fsanitize=${GANLET_SANITIZE} ${ganlet_fatal} -fno-omit-frame-pointer)
  target_link_options(ganlet_options INTERFACE -fsanitize=${GANLET_SANITIZE})
endif()
option(GANLET_ASSERTIONS "Containers check their indices, by libstdc++" OFF)
if(GANLET_ASSERTIONS)
  target_compile_definitions(ganlet_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(GANLET_BUILD_FUZZERS)
  if(NOT GANLET_SANITIZE)
    message(FATAL_ERROR "GANLET_BUILD_FUZZERS needs GANLET_SANITIZE: what is fuzzed is what the sanitizers watch")
  endif()
  # Coverage counters for the fuzzer; they do nothing elsewhere.
  target_compile_options(ganlet_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
# Clang otherwise notes a precompiled header's date in everything compiled with it, which no compiler cache could find
# again.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(ganlet_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
if(EMSCRIPTEN)
  # XNNPACK does the heavy work; the rest is better small than fast. Optimizing when linking takes another fifteenth
  # off. Every browser with SIMD has these two proposals as well, which save code around copies and conversions.
  target_compile_options(ganlet_options INTERFACE -Oz -flto -msimd128 -mbulk-memory -mnontrapping-fptoint
    -fno-exceptions -fno-rtti)
  target_link_options(ganlet_options INTERFACE -flto)
endif()

# ganlet_leave_out(WHAT): notes a part that this machine lacks a library for, to be told when all is configured.
function(ganlet_leave_out what)
  set_property(GLOBAL APPEND PROPERTY GANLET_LEFT_OUT ${what})
endfunction()

option(GANLET_UNITY "Compile a layer's files eight at a time, which is quicker" OFF)

# ganlet_layer(NAME SOURCES a.cpp ... LINKS target ...): the static library ganlet_NAME, with the alias ganlet::NAME.
# A file whose local names another one has too is SKIP_UNITY_BUILD_INCLUSION.
function(ganlet_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(ganlet_${name} STATIC ${LAYER_SOURCES})
  add_library(ganlet::${name} ALIAS ganlet_${name})
  target_include_directories(ganlet_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/ganlet>)
  target_link_libraries(ganlet_${name} PUBLIC ganlet_options ${LAYER_LINKS} PRIVATE ${LAYER_PRIVATE_LINKS})
  set_target_properties(ganlet_${name} PROPERTIES UNITY_BUILD ${GANLET_UNITY})
endfunction()

# ganlet_copy_script(FROM TO): copies JavaScript for pages, without its comments.
function(ganlet_copy_script from to)
  add_custom_command(OUTPUT ${to}
    COMMAND ${CMAKE_COMMAND} -DFROM=${from} -DTO=${to} -P ${PROJECT_SOURCE_DIR}/tools/cmake/strip_comments.cmake
    DEPENDS ${from} ${PROJECT_SOURCE_DIR}/tools/cmake/strip_comments.cmake)
endfunction()
