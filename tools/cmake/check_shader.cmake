# cmake -DGLSLANG=PROGRAM -DTEXT=FOLDER/NAME -P check_shader.cmake: has glslangValidator check NAME.glsl, and
# NAME-1.glsl and so on of a shader with choices.
file(GLOB texts ${TEXT}.glsl ${TEXT}-*.glsl)
foreach(text IN LISTS texts)
  execute_process(COMMAND ${GLSLANG} -S comp --quiet ${text} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
