# Installs ganlet into an empty prefix, builds tests/tools/consumer against it with find_package alone, and runs both the consumer and
# the installed program on the model given. Called with -DBUILD=, -DSOURCE=, -DWORK=, -DMODEL=, -DCOMPILER= and -DFLAGS=.

function(must_run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "'${ARGN}' gave ${status}\n${output}\n${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
must_run(${CMAKE_COMMAND} -S ${SOURCE}/tests/tools/consumer -B ${WORK}/consumer -G Ninja -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
must_run(${CMAKE_COMMAND} --build ${WORK}/consumer)
must_run(${WORK}/consumer/consumer ${MODEL} ${WORK}/consumer.png)
if(NOT output MATCHES "^4 images of [0-9]+ x [0-9]+\n$")
  message(FATAL_ERROR "the consumer printed '${output}'")
endif()
must_run(${WORK}/prefix/bin/ganlet generate ${MODEL} --text 2026 --seed 7 -o ${WORK}/program.png)
file(SHA256 ${WORK}/consumer.png consumer)
file(SHA256 ${WORK}/program.png program)
if(NOT consumer STREQUAL program)
  message(FATAL_ERROR "the library and the program draw different pictures")
endif()
