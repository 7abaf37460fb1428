# Installs ganlet into an empty prefix and moves it, builds tests/tools/consumer against it with find_package alone and
# with pkg-config alone, and runs these and the installed program on the model given. Called with -DBUILD=, -DSOURCE=,
# -DWORK=, -DMODEL=, -DCOMPILER= and -DFLAGS=.

function(must_run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "'${ARGN}' gave ${status}\n${output}\n${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# must_draw(CONSUMER): it draws what the installed program draws, and an animation in each format.
function(must_draw consumer)
  foreach(format png gif webp)
    must_run(${consumer} ${MODEL} ${WORK}/consumer.jpg ${WORK}/consumer-animation.${format})
    if(NOT output MATCHES "^4 images of [0-9]+ x [0-9]+\n$")
      message(FATAL_ERROR "the consumer printed '${output}'")
    endif()
    file(SIZE ${WORK}/consumer-animation.${format} bytes)
    if(bytes LESS 100)
      message(FATAL_ERROR "the animation as ${format} has ${bytes} bytes")
    endif()
  endforeach()
  file(SHA256 ${WORK}/consumer.jpg by_consumer)
  file(SHA256 ${WORK}/program.jpg by_program)
  if(NOT by_consumer STREQUAL by_program)
    message(FATAL_ERROR "the library and the program draw different pictures")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${WORK}/prefix)
must_run(${WORK}/prefix/bin/ganlet generate ${MODEL} --text 2026 --seed 7 -o ${WORK}/program.jpg)

# What a user's program can't need isn't installed.
foreach(internal graph/builder.h graph/context.h graph/weights.h generator/row_buffer.h onnx/wire.h)
  file(GLOB_RECURSE installed ${WORK}/prefix/include/ganlet/${internal})
  if(installed OR NOT EXISTS ${SOURCE}/src/${internal})
    message(FATAL_ERROR "${internal} is installed, or is no longer a header of the project")
  endif()
endforeach()

set(configure ${CMAKE_COMMAND} -S ${SOURCE}/tests/tools/consumer -G Ninja -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
must_run(${configure} -B ${WORK}/consumer)
must_run(${CMAKE_COMMAND} --build ${WORK}/consumer)
must_draw(${WORK}/consumer/consumer)

execute_process(COMMAND ${configure} -B ${WORK}/later -DGANLET_WANTED=0.2
  RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE errors)
if(status EQUAL 0 OR NOT errors MATCHES "version: 0\\.1")
  message(FATAL_ERROR "version 0.2 of ganlet was asked for, and 0.1 accepted\n${errors}")
endif()

find_program(pkg_config NAMES pkgconf pkg-config REQUIRED)
must_run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${WORK}/prefix/${LIBRARIES}/pkgconfig
  ${pkg_config} --cflags --libs "ganlet >= 0.1")
separate_arguments(flags UNIX_COMMAND "${FLAGS} ${output}")
must_run(${COMPILER} -std=c++20 ${SOURCE}/tests/tools/consumer/main.cpp -o ${WORK}/by_pkg_config ${flags})
must_draw(${WORK}/by_pkg_config)
