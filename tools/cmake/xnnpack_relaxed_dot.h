/* Read before the kernels for x86 browsers: the relaxed dot product in the three instructions that it takes on an x86 processor without
 * dot products. Browsers make five of it, since they load the ones that it sums with again for each; and processors that have an
 * instruction for it aren't told apart. The second factor has to be from 0 to 127. */
#pragma once

#include <wasm_simd128.h>

static inline v128_t ganlet_dot(v128_t a, v128_t b, v128_t sum) {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_relaxed_dot_i8x16_i7x16(a, b), wasm_i16x8_const_splat(1)));
}
#define wasm_i32x4_relaxed_dot_i8x16_i7x16_add ganlet_dot
