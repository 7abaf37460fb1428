/* In place of XNNPACK's plain loops for each elementwise operation on each type (src/reference), which would be a fifth
 * of the wasm file: without them it refuses what it has no SIMD kernel for, and ganlet's own reference takes over. */

#include "xnnpack/reference-config.h"

const struct xnn_unary_elementwise_config*
xnn_init_unary_reference_config(enum xnn_unary_operator op, enum xnn_datatype input, enum xnn_datatype output) {
  (void)op;
  (void)input;
  (void)output;
  return NULL;
}

const struct xnn_binary_elementwise_config* xnn_init_binary_reference_config(enum xnn_binary_operator op,
                                                                             enum xnn_datatype type) {
  (void)op;
  (void)type;
  return NULL;
}
