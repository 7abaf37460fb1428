# tools/cmake/index_models.cmake on a folder of small models, in WORK: the order stays, a changed file is noticed, what
# makes pictures of pictures has a list of its own, and what nothing lists isn't copied to a site, nor are float32
# parts. Called with -DSCRIPT= and -DWORK=.

function(index expected)
  execute_process(COMMAND ${CMAKE_COMMAND} -DMODELS=${WORK}/models ${ARGN} -P ${SCRIPT}
    RESULT_VARIABLE status ERROR_VARIABLE errors)
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}") # messages are wrapped
  if((expected STREQUAL "works" AND NOT status EQUAL 0)
     OR (NOT expected STREQUAL "works" AND NOT errors MATCHES "${expected}"))
    message(FATAL_ERROR "index_models.cmake ${ARGN}: expected '${expected}', and it gave ${status}\n${errors}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(kind_of_c pictures)
foreach(id b a c)
  file(WRITE ${WORK}/models/${id}/part.onnx "the bytes of ${id}")
  file(WRITE ${WORK}/models/${id}/README.md "for readers of the folder")
  file(COPY_FILE ${WORK}/models/${id}/part.onnx ${WORK}/models/${id}/large.onnx)
  file(SHA256 ${WORK}/models/${id}/part.onnx sha256)
  set(facts "\"bytes\": 14, \"sha256\": \"${sha256}\"")
  file(WRITE ${WORK}/models/${id}/model.json
    "{ \"id\": \"${id}\", \"kind\": \"${kind_of_${id}}\", \"version\": 2, \"title\": \"The \\\"${id}\\\"\",\n"
    "  \"parts\": { \"x\": { \"file\": \"part.onnx\", ${facts} },\n"
    "    \"x_f32\": { \"file\": \"large.onnx\", ${facts} } } }")
endforeach()
file(WRITE ${WORK}/models/index.json "{ \"models\": [\n { \"id\": \"gone\" },\n { \"id\": \"b\" } ] }")

# Of an older version of a and the present one of b.
file(WRITE ${WORK}/models/judged.json
  "{ \"a 1\": { \"index\": \"{ \\\"recall\\\": 0.5 }\" }, \"b 2\": { \"index\": \"{ \\\"recall\\\": 0.75 }\" } }")

index("isn't what its folders make" -DCHECK=ON)
index(works)
index(works -DCHECK=ON)
file(READ ${WORK}/models/index.json json)
string(JSON first GET "${json}" models 0 id)
string(JSON second GET "${json}" models 1 title)
string(JSON length LENGTH "${json}" models)
string(JSON translator GET "${json}" translators 0 id)
string(JSON translators LENGTH "${json}" translators)
string(JSON recall GET "${json}" models 0 judged recall)
string(JSON of_an_older ERROR_VARIABLE lacks GET "${json}" models 1 judged)
if(NOT recall EQUAL 0.75 OR NOT lacks)
  message(FATAL_ERROR "the index is ${json}")
endif()
if(NOT "${length} ${first} ${second}, ${translators} ${translator}" STREQUAL "2 b The \"a\", 1 c")
  message(FATAL_ERROR "the index is ${json}")
endif()

file(WRITE ${WORK}/copy/a/of_an_older_build.onnx "")
index(works -DCOPY_TO=${WORK}/copy)
file(GLOB_RECURSE copied RELATIVE ${WORK}/copy ${WORK}/copy/*)
list(SORT copied)
if(NOT copied STREQUAL "a/model.json;a/part.onnx;b/model.json;b/part.onnx;c/model.json;c/part.onnx;index.json")
  message(FATAL_ERROR "copied: ${copied}")
endif()
index(works -DMODELS=${WORK}/copy -DJUDGED=${WORK}/models/judged.json -DCHECK=ON)

file(WRITE ${WORK}/models/a/part.onnx "the bytes of A")
index("a/part.onnx has 14 bytes" -DCHECK=ON)
