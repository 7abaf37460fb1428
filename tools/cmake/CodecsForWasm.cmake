# ganlet_deps::zlib and ganlet_deps::gif for WebAssembly, from the sources that tools/fetch_sources.sh puts in place:
# what the studio's exports need. WebP's encoder would be larger than the rest of the studio, so pages don't have it.

include(ZlibForWasm)

ganlet_fetch(giflib)
set(giflib ${GANLET_SOURCES}/giflib)
add_library(ganlet_deps_gif STATIC EXCLUDE_FROM_ALL
  ${giflib}/egif_lib.c ${giflib}/gif_err.c ${giflib}/gif_hash.c ${giflib}/gifalloc.c ${giflib}/openbsd-reallocarray.c
  ${giflib}/quantize.c)
target_include_directories(ganlet_deps_gif SYSTEM PUBLIC ${giflib})
target_compile_options(ganlet_deps_gif PRIVATE -Oz -w)
add_library(ganlet_deps::gif ALIAS ganlet_deps_gif)
