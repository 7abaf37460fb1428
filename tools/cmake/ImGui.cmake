# ganlet_deps::imgui: Dear ImGui, and on the desktop GLFW; and ganlet_studio_font, the interface's font, cut down to
# Latin, Greek and Cyrillic where pyftsubset is there to do it. What is missing: in ganlet_missing.

option(GANLET_COMPILE_IMGUI "Compile Dear ImGui, rather than taking the system's library" ${EMSCRIPTEN})
set(ganlet_missing)
if(NOT EMSCRIPTEN)
  find_package(glfw3 3.3 QUIET)
  if(NOT glfw3_FOUND)
    list(APPEND ganlet_missing GLFW)
  endif()
endif()
if(GANLET_COMPILE_IMGUI)
  ganlet_fetch(imgui)
  set(imgui ${GANLET_SOURCES}/imgui)
  add_library(ganlet_deps_imgui STATIC EXCLUDE_FROM_ALL ${imgui}/imgui.cpp ${imgui}/imgui_draw.cpp
    ${imgui}/imgui_tables.cpp ${imgui}/imgui_widgets.cpp
    ${imgui}/misc/cpp/imgui_stdlib.cpp)
  target_include_directories(ganlet_deps_imgui SYSTEM PUBLIC ${imgui} ${imgui}/misc/cpp)
  target_compile_definitions(ganlet_deps_imgui PUBLIC IMGUI_DISABLE_DEMO_WINDOWS IMGUI_DISABLE_DEBUG_TOOLS
    IMGUI_DISABLE_FILE_FUNCTIONS)
  target_compile_options(ganlet_deps_imgui PRIVATE -w)
  target_link_libraries(ganlet_deps_imgui PRIVATE ganlet_options)
  if(NOT EMSCRIPTEN)
    target_sources(ganlet_deps_imgui PRIVATE ${imgui}/backends/imgui_impl_glfw.cpp)
    target_include_directories(ganlet_deps_imgui SYSTEM PUBLIC ${imgui}/backends)
    target_link_libraries(ganlet_deps_imgui PUBLIC glfw)
  else()
    # src/platform/web_numbers.cpp: libc's would add 20 KB to the program.
    target_compile_definitions(ganlet_deps_imgui PRIVATE sscanf=studio_scan_number atof=studio_number)
  endif()
else()
  find_path(GANLET_IMGUI_INCLUDE_DIR imgui.h PATH_SUFFIXES imgui)
  find_library(GANLET_IMGUI_LIBRARY imgui)
  find_library(GANLET_STB_LIBRARY stb) # Debian's Dear ImGui uses it; others have it inside
  mark_as_advanced(GANLET_IMGUI_INCLUDE_DIR GANLET_IMGUI_LIBRARY GANLET_STB_LIBRARY)
  if(NOT GANLET_IMGUI_INCLUDE_DIR OR NOT GANLET_IMGUI_LIBRARY)
    list(APPEND ganlet_missing "Dear ImGui")
  else()
    add_library(ganlet_deps_imgui INTERFACE)
    target_include_directories(ganlet_deps_imgui SYSTEM INTERFACE ${GANLET_IMGUI_INCLUDE_DIR}
      ${GANLET_IMGUI_INCLUDE_DIR}/backends)
    target_link_libraries(ganlet_deps_imgui INTERFACE
      ${GANLET_IMGUI_LIBRARY} $<$<BOOL:${GANLET_STB_LIBRARY}>:${GANLET_STB_LIBRARY}> glfw)
  endif()
endif()
if(TARGET ganlet_deps_imgui)
  add_library(ganlet_deps::imgui ALIAS ganlet_deps_imgui)
endif()

find_file(GANLET_FONT Roboto-Regular.ttf PATHS /usr/share/fonts/truetype/roboto/unhinted/RobotoTTF /usr/share/fonts
  NO_CMAKE_FIND_ROOT_PATH)
find_program(GANLET_PYFTSUBSET pyftsubset NO_CMAKE_FIND_ROOT_PATH)
mark_as_advanced(GANLET_FONT GANLET_PYFTSUBSET)
if(NOT GANLET_FONT)
  list(APPEND ganlet_missing "Roboto-Regular.ttf (GANLET_FONT may name another TrueType font)")
  return()
endif()
# Letters of languages that are written today; a third of the font is older ones and phonetic signs.
set(ganlet_studio_font ${GANLET_FONT} CACHE INTERNAL "")
if(GANLET_PYFTSUBSET)
  set(ganlet_studio_font ${PROJECT_BINARY_DIR}/studio_font.ttf CACHE INTERNAL "")
  set(letters 20-7E,A0-17F,192,1A0-1A1,1AF-1B0,1CD-1DC,1E6-1E7,1FA-1FF,218-21B,370-3FF,400-45F,48A-4FF)
  set(signs 2010-2027,2030,2039,203A,20AC,2190-2193,2212,221E,2248)
  execute_process(
    COMMAND ${GANLET_PYFTSUBSET} ${GANLET_FONT} --output-file=${ganlet_studio_font} --no-hinting --layout-features=
            --drop-tables+=GPOS,GSUB,GDEF,kern
      --unicodes=${letters},${signs}
    COMMAND_ERROR_IS_FATAL ANY)
endif()
