/* Kernels of 4 rows by 8 columns for XNNPACK's products of dynamically quantized activations with int8 weights, in
 * place of those that its configuration has for the relaxed dot product. Weights are packed by 4 instead of 8 deep: an
 * accumulator then holds four columns, with nothing to be added up across its lanes, and four rows share each load of
 * weights within x86's 16 registers: a tenth faster in Chromium at the depths that generators have.
 *
 * On x86 processors without AVX-VNNI the relaxed dot product is a multiplication of bytes, one of pairs with ones, and
 * an addition, but V8 makes the ones for each of them. Spelled out, with ones that stay in a register, the same is a
 * quarter faster. Where there is one instruction for all of it, which x86's newer processors and ARM have, that one is
 * used. */

#include <stdbool.h>

#include <wasm_simd128.h>

#include "xnnpack/config.h"
#include "xnnpack/gemm.h"
#include "xnnpack/hardware-config.h"
#include "xnnpack/igemm.h"
#include "xnnpack/math.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/pack.h"

enum { rows = 4, depth = 4 };

struct sums {
  v128_t low[rows], high[rows]; /* columns 0 to 3, and 4 to 7 */
};

/* Eight ones, from memory: V8 would make a constant again at each use. */
static int16_t ones[8];

#define each_row _Pragma("unroll") for (size_t row = 0; row < rows; ++row)
#define inlined static inline __attribute__((always_inline))

/* The packed weights begin with what the zero points are multiplied with. Parameters are `step` apart. */
inlined const int8_t* begin(struct sums* sums, const int8_t* w, const struct xnn_qd8_quantization_params* of_row,
                            size_t step) {
  const v128_t low = wasm_v128_load(w), high = wasm_v128_load(w + 16);
  each_row {
    const v128_t zero_point = wasm_v128_load32_splat(&of_row[row * step].zero_point);
    sums->low[row] = wasm_i32x4_mul(low, zero_point);
    sums->high[row] = wasm_i32x4_mul(high, zero_point);
  }
  return w + 32;
}

inlined v128_t add_dot(v128_t w, v128_t x, v128_t sum, bool in_steps, v128_t one) {
  return in_steps ? wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_relaxed_dot_i8x16_i7x16(w, x), one))
                  : wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, x, sum);
}

inlined const int8_t* add_products(struct sums* sums, const int8_t* w, const int8_t* const a[rows], size_t kc,
                                   bool in_steps) {
  const v128_t one = wasm_v128_load(ones);
  for (size_t k = 0; k < kc; k += depth, w += 32) {
    const v128_t low = wasm_v128_load(w), high = wasm_v128_load(w + 16);
    each_row {
      const v128_t x = wasm_v128_load32_splat(a[row] + k);
      sums->low[row] = add_dot(low, x, sums->low[row], in_steps, one);
      sums->high[row] = add_dot(high, x, sums->high[row], in_steps, one);
    }
  }
  return w;
}

inlined void put(float* c, v128_t values, size_t count) {
  if (count >= 4) {
    wasm_v128_store(c, values);
    return;
  }
  if (count & 2) {
    wasm_v128_store64_lane(c, values, 0);
    values = wasm_i64x2_shuffle(values, values, 1, 1);
    c += 2;
  }
  if (count & 1)
    wasm_v128_store32_lane(c, values, 0);
}

/* Scales, biases and writes at most 8 columns. */
inlined const int8_t* end(const struct sums* sums, const int8_t* w, float* c, size_t stride, const size_t* line,
                          size_t count, const struct xnn_qd8_quantization_params* of_row, size_t step,
                          const union xnn_f32_minmax_params* bounds) {
  const v128_t least = wasm_v128_load32_splat(&bounds->scalar.min), most = wasm_v128_load32_splat(&bounds->scalar.max);
  const v128_t scale_low = wasm_v128_load(w), scale_high = wasm_v128_load(w + 16);
  const v128_t bias_low = wasm_v128_load(w + 32), bias_high = wasm_v128_load(w + 48);
  each_row {
    const v128_t scale = wasm_v128_load32_splat(&of_row[row * step].inv_scale);
    float* to = (float*)((uintptr_t)c + line[row] * stride);
    v128_t x = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sums->low[row]), scale);
    x = wasm_f32x4_add(wasm_f32x4_mul(x, scale_low), bias_low);
    put(to, wasm_f32x4_pmin(wasm_f32x4_pmax(x, least), most), count);
    if (count <= 4)
      continue;
    x = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sums->high[row]), scale);
    x = wasm_f32x4_add(wasm_f32x4_mul(x, scale_high), bias_high);
    put(to + 4, wasm_f32x4_pmin(wasm_f32x4_pmax(x, least), most), count - 4);
  }
  return w + 64;
}

inlined void gemm(bool in_steps, size_t mr, size_t nc, size_t kc, const int8_t* restrict a, size_t a_stride,
                  const void* restrict weights, float* restrict c, size_t cm_stride, size_t cn_stride,
                  const union xnn_f32_minmax_params* bounds, const struct xnn_qd8_quantization_params* of_row) {
  /* Rows that aren't there are the last one again. */
  size_t line[rows];
  const int8_t* from[rows];
  each_row {
    line[row] = row < mr ? row : mr - 1;
    from[row] = a + line[row] * a_stride;
  }
  const int8_t* w = weights;
  for (;;) {
    struct sums sums;
    w = begin(&sums, w, of_row, 1);
    w = add_products(&sums, w, from, kc, in_steps);
    w = end(&sums, w, c, cm_stride, line, nc, of_row, 1, bounds);
    if (nc <= 8)
      return;
    nc -= 8;
    c = (float*)((uintptr_t)c + cn_stride);
  }
}

inlined void igemm(bool in_steps, size_t mr, size_t nc, size_t kc, size_t ks, const int8_t** restrict a,
                   const void* restrict weights, float* restrict c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                   const int8_t* zero, const int8_t* zero_data, const union xnn_f32_minmax_params* bounds,
                   const struct xnn_qd8_quantization_params* parameters) {
  size_t line[rows];
  each_row line[row] = row < mr ? row : mr - 1;
  const int8_t* w = weights;
  const size_t pointers = ks / sizeof(void*);
  for (;;) {
    struct sums sums;
    w = begin(&sums, w, parameters, 0);
    for (size_t p = 0; p < pointers; p += rows) {
      const int8_t* from[rows];
      each_row from[row] = a[p + row] == zero ? zero_data : a[p + row] + a_offset;
      w = add_products(&sums, w, from, kc, in_steps);
    }
    w = end(&sums, w, c, cm_stride, line, nc, parameters, 0, bounds);
    if (nc <= 8)
      return;
    nc -= 8;
    c = (float*)((uintptr_t)c + cn_stride);
  }
}

#define gemm_parameters                                                                                                \
  size_t mr, size_t nc, size_t kc, const int8_t *restrict a, size_t a_stride, const void *restrict w,                  \
      float *restrict c, size_t cm_stride, size_t cn_stride, const union xnn_f32_minmax_params *bounds,                \
      const struct xnn_qd8_quantization_params *of_row
#define igemm_parameters                                                                                               \
  size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **restrict a, const void *restrict w, float *restrict c,    \
      size_t cm_stride, size_t cn_stride, size_t a_offset, const int8_t *zero, const int8_t *zero_data,                \
      const union xnn_f32_minmax_params *bounds, const struct xnn_qd8_quantization_params *parameters

static void gemm_at_once(gemm_parameters) {
  gemm(false, mr, nc, kc, a, a_stride, w, c, cm_stride, cn_stride, bounds, of_row);
}
static void gemm_in_steps(gemm_parameters) {
  gemm(true, mr, nc, kc, a, a_stride, w, c, cm_stride, cn_stride, bounds, of_row);
}
static void igemm_at_once(igemm_parameters) {
  igemm(false, mr, nc, kc, ks, a, w, c, cm_stride, cn_stride, a_offset, zero, zero_data, bounds, parameters);
}
static void igemm_in_steps(igemm_parameters) {
  igemm(true, mr, nc, kc, ks, a, w, c, cm_stride, cn_stride, a_offset, zero, zero_data, bounds, parameters);
}

/* Bytes beyond the seven bits that are the same everywhere show how a processor does it: sums of pairs stop at 32767 on
 * x86 without AVX-VNNI, and nowhere else. */
static bool takes_steps(void) {
  static const volatile int8_t most = 127, all_bits = -1; /* not for the compiler to compute */
  const v128_t sum =
      wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_i8x16_splat(most), wasm_i8x16_splat(all_bits), wasm_i32x4_splat(0));
  return wasm_i32x4_extract_lane(sum, 0) == 2 * 32767;
}

const struct xnn_gemm_config* xnn_init_qd8_f32_qc8w_gemm_config(void) {
  static struct xnn_gemm_config config;
  if (config.mr == 0) {
    config.pack_weights_and_biases = (xnn_pack_weights_and_biases_fn)xnn_pack_qs8_weights_and_biases;
    config.packed_stride_weights_and_biases =
        (xnn_packed_stride_weights_and_biases_fn)xnn_packed_stride_qs8_weights_and_biases;
    config.pack_gemm_gio = (xnn_packw_gemm_gio_ukernel_fn)xnn_pack_qs8_gemm_gio_w;
    config.pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn)xnn_pack_qs8_gemm_goi_w;
    const bool in_steps = takes_steps();
    for (size_t i = 0; i < 8; ++i)
      ones[i] = 1;
    config.minmax.dqgemm[rows - 1] =
        xnn_init_hmp_dqgemm_ukernel((xnn_dqgemm_ukernel_fn)(in_steps ? gemm_in_steps : gemm_at_once));
    config.minmax.dqigemm[rows - 1] =
        xnn_init_hmp_dqigemm_ukernel((xnn_dqigemm_ukernel_fn)(in_steps ? igemm_in_steps : igemm_at_once));
    config.init.f32 = xnn_init_f32_minmax_scalar_params;
    config.mr = rows;
    config.nr = 8;
    config.log2_kr = 2;
  }
  return &config;
}
