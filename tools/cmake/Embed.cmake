# ganlet_embed(TARGET NAMESPACE NAME FILE ...): each FILE becomes `const unsigned char NAME[]` and `const std::size_t
# NAME_size` in NAMESPACE, with a zero behind its last byte; the header is NAMESPACE's last word, as in
# "platform/shaders.h".

# Run as a script, it writes one such source.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${FILE} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  file(WRITE ${OUTPUT} "#include <cstddef>\nnamespace ${SPACE} {\nextern const unsigned char ${NAME}[];\n"
    "extern const std::size_t ${NAME}_size;\n"
    "const unsigned char ${NAME}[] = {${bytes}0};\nconst std::size_t ${NAME}_size = sizeof ${NAME} - 1;\n}\n")
  return()
endif()

function(ganlet_embed target space)
  while(ARGN)
    list(POP_FRONT ARGN name file)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.embedded.cpp)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DFILE=${file} -DNAME=${name} -DSPACE=${space} -DOUTPUT=${output} -P
              ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
      DEPENDS ${file} ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
    target_sources(${target} PRIVATE ${output})
  endwhile()
endfunction()
