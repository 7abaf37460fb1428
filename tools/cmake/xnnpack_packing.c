/* In place of XNNPACK's kernels that pack the float32 weights of fully connected layers when a model is opened: its own
 * plain loops, which pack all other weights too. 3 KB of wasm less. */

#include "xnnpack/pack.h"

#define PACK(name)                                                                                                     \
  void xnn_x32_packw_gemm_goi_ukernel_##name(size_t g, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,          \
                                             const void* weights, const void* bias, const void* scale, void* packed,   \
                                             size_t extra_bytes, const void* params) {                                 \
    xnn_pack_f32_gemm_goi_w(g, nc, kc, nr, kr, sr, weights, bias, scale, packed, extra_bytes, params);                 \
  }

PACK(x8__wasmsimd_u4)
PACK(x2c4__wasmsimd_u4)
