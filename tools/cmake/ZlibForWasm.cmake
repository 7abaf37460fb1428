# ganlet_deps::zlib for WebAssembly, from the sources that tools/fetch_sources.sh puts in place.
include_guard(GLOBAL)

ganlet_fetch(zlib)
set(zlib ${GANLET_SOURCES}/zlib)
add_library(ganlet_deps_zlib STATIC EXCLUDE_FROM_ALL
  ${zlib}/adler32.c ${zlib}/compress.c ${zlib}/crc32.c ${zlib}/deflate.c ${zlib}/inffast.c ${zlib}/inflate.c
  ${zlib}/inftrees.c
  ${zlib}/trees.c ${zlib}/uncompr.c ${zlib}/zutil.c)
target_include_directories(ganlet_deps_zlib SYSTEM PUBLIC ${zlib})
target_compile_options(ganlet_deps_zlib PRIVATE -Oz -w)
# Tables of check sums are made when they are first used, rather than downloaded: they do not compress.
target_compile_definitions(ganlet_deps_zlib PRIVATE DYNAMIC_CRC_TABLE Z_TESTW=0)
add_library(ganlet_deps::zlib ALIAS ganlet_deps_zlib)
