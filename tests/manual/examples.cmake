# Writes OUTPUT, the examples in the comment of HEADER, each on the line where it stands there, so that a compiler's
# messages lead to it. An example is what stands four spaces further in than the text.
cmake_minimum_required(VERSION 3.25)
file(READ ${HEADER} text)
string(ASCII 1 mark) # a character that no line starts with
string(REPLACE "\n///     " "\n${mark}" text "\n${text}")
string(REGEX REPLACE "\n[^${mark}\n][^\n]*" "\n" text "${text}")
string(REPLACE "${mark}" "" text "${text}")
string(SUBSTRING "${text}" 1 -1 text)
file(WRITE ${OUTPUT} "#line 1 \"${HEADER}\"\n${text}")
