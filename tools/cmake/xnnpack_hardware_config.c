/* In place of XNNPACK's configs/hardware-config.c for WebAssembly, where it would ask whether the processor is an x86
 * one, and keep two sets of kernels which differ in how they clamp. One set serves both. Known when linking, it takes
 * the other set out of what pages download. */

#include "xnnpack/hardware-config.h"

static const struct xnn_hardware_config config = {
    .is_x86 = true,
    .arch_flags = xnn_arch_wasm_is_x86,
};

const struct xnn_hardware_config* xnn_init_hardware_config(void) {
  return &config;
}
