#pragma once

namespace ganlet {

/// The form in which a backend wants a graph; one pass each (graph/passes.h). The defaults suit backends that compute
/// on processors.
struct Preferences {
  /// Images stay (N,H,W,C) between operations, and so do outputs that are images of 1, 3 or 4 channels.
  bool channels_last = true;
  /// Linear operations clamp their output if a Relu or Clip follows in the same layout.
  bool folded_clamps = true;
  /// Convolutions after a style's modulation get float32 weights. This is for kernels that quantize activations:
  /// channels there differ so much in size that seven bits aren't enough, and flat colours would become grainy.
  bool float_behind_modulation = true;
};

} // namespace ganlet
