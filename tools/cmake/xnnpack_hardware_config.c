/* In place of XNNPACK's configs/hardware-config.c for WebAssembly, where it would measure what the relaxed instructions
 * do with values that WebAssembly leaves open. ganlet gives the relaxed dot product none of those
 * (src/xnn/dynamic_quantizer.h), so that its kernels are right on every processor, also on the many x86 ones where
 * XNNPACK would turn to kernels of half their speed.
 *
 * XNNPACK would also ask whether the processor is an x86 one, and keep two sets of kernels which differ in how they
 * clamp. One set serves both, in 3 KB less to download. Known when linking, it takes the other set out. */

#include "xnnpack/hardware-config.h"

static const struct xnn_hardware_config config = {
  .is_x86 = true,
#if XNN_ARCH_WASMRELAXEDSIMD
  .use_wasm_sdot = true,
  .arch_flags = xnn_arch_wasm_is_x86 | xnn_arch_wasm_sdot,
#else
  .arch_flags = xnn_arch_wasm_is_x86,
#endif
};

const struct xnn_hardware_config* xnn_init_hardware_config(void) {
  return &config;
}
