# ganlet_fetch(NAME ...): puts the sources of libraries that are compiled here into ${GANLET_SOURCES}/NAME, at the
# commits that tools/fetch_sources.sh pins. It uses the network when CMake configures, unless they lie there already.
set(GANLET_SOURCES ${PROJECT_SOURCE_DIR}/build/sources CACHE PATH
  "Where the sources of libraries that are compiled here lie")

function(ganlet_fetch)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/fetch_sources.sh ${GANLET_SOURCES} ${ARGN}
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()
