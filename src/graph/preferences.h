#pragma once

namespace ganlet {

/// What a backend wants a graph to look like; a pass each (graph/passes.h). As initialized: what computes on
/// processors.
struct Preferences {
  /// Images lie as (N,H,W,C) from one operation to the next, also those that outputs give of 1, 3 or 4 channels.
  bool channels_last = true;
  /// Linear operations clamp what they write, where a Relu or Clip follows in the same layout.
  bool folded_clamps = true;
  /// Convolutions behind a style's modulation have float32 weights: for kernels that quantize activations. Channels
  /// differ too much in size there for the seven bits that they have, and flat colours come out as grain.
  bool float_behind_modulation = true;
};

} // namespace ganlet
