/* For XNNPACK's configs/gemm-config.c, which asks JavaScript how many processors there are, to choose between two equal
 * kernels for float32. A module without JavaScript's help can't ask; it's told of many. */

#pragma once

#include <emscripten/em_js.h>

#undef EM_JS
#define EM_JS(type, name, parameters, ...)                                                                             \
  static type name parameters {                                                                                        \
    return 8;                                                                                                          \
  }
