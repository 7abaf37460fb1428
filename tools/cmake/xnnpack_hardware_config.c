/* In place of XNNPACK's configs/hardware-config.c for WebAssembly, where it would measure what the relaxed instructions
 * do with values that WebAssembly leaves open. ganlet gives the relaxed dot product none of those
 * (src/xnn/dynamic_quantizer.h), so that its kernels are right on every processor, also on the many x86 ones where
 * XNNPACK would turn to kernels of half their speed. */

#include <math.h>

#include "xnnpack/hardware-config.h"

const struct xnn_hardware_config* xnn_init_hardware_config(void) {
  static struct xnn_hardware_config config;
  /* Where subtracting infinities gives a NaN with a sign, it's an x86 processor. */
  static const volatile float infinity = INFINITY;
  config.is_x86 = signbit(infinity - infinity);
  config.arch_flags = config.is_x86 ? xnn_arch_wasm_is_x86 : 0;
#if XNN_ARCH_WASMRELAXEDSIMD
  config.use_wasm_sdot = true;
  config.arch_flags |= xnn_arch_wasm_sdot;
#endif
  return &config;
}
