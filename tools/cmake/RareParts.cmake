# ganlet_rare_parts(a.cpp ... INSTEAD b.cpp ...): what few models need, which native programs have. In WebAssembly it
# would be a tenth of each download: programs get what is there instead, but for those that link the objects
# `ganlet_rare`: then nothing is left for the archive `ganlet_without_rare` to define.
function(ganlet_rare_parts)
  cmake_parse_arguments(RARE "" "" "INSTEAD" ${ARGN})
  if(EMSCRIPTEN)
    add_library(ganlet_rare OBJECT ${RARE_UNPARSED_ARGUMENTS})
    target_link_libraries(ganlet_rare PUBLIC ganlet_generator PRIVATE ganlet_onnx ganlet_reference)
    ganlet_layer(without_rare SOURCES ${RARE_INSTEAD} LINKS ganlet_generator)
    target_link_libraries(ganlet_reference INTERFACE ganlet_without_rare)
    return()
  endif()
  foreach(file IN LISTS RARE_UNPARSED_ARGUMENTS)
    get_filename_component(layer ${file} DIRECTORY)
    target_sources(ganlet_${layer} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
endfunction()
