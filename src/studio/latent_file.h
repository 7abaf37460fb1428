#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"

/// Latents as files: .npy of shape (1, Z), or JSON, [0.5, -1.25, ...].
namespace ganlet::studio {

enum class LatentFormat { npy, json };

std::vector<std::byte> write_latent(std::span<const float> latent, LatentFormat format);

/// Reads either, told apart by their first bytes; JSON may also be a list of one such list. Errors name `place`:
/// corrupt, and invalid_argument where it isn't `size` numbers.
Result<std::vector<float>> read_latent(std::span<const std::byte> bytes, std::int64_t size, const std::string& place);

} // namespace ganlet::studio
