#pragma once

namespace ganlet::gpu {

/// Stands for infinity in uniforms, since WGSL has none.
inline constexpr float largest_finite = 3.4e38F;

} // namespace ganlet::gpu
