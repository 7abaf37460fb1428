# Copies a JavaScript file without the lines that are comments alone, and without comments behind code, if they have no
# quotation marks, which a text would end with: pages needn't download those. Nor do they need indentation; texts of
# several lines are style sheets, which can do without, too.
#
#   cmake -DFROM=FILE -DTO=FILE -P tools/cmake/strip_comments.cmake
cmake_minimum_required(VERSION 3.25)
file(READ ${FROM} text)
string(REGEX REPLACE "\n *(//|/\\*\\*|\\* |\\*/|\\*\n)[^\n]*" "\n" text "\n${text}")
string(REGEX REPLACE " +// [^\n'\"`]*\n" "\n" text "${text}")
string(REGEX REPLACE "\n[\n ]*" "\n" text "${text}")
string(REGEX REPLACE "^\n" "" text "${text}")
file(WRITE ${TO} "${text}")
