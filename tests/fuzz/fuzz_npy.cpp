// A .npy file: what is read is written and read back as the same.

#include <cstring>

#include "fuzz.h"
#include "image/npy.h"

namespace ganlet::fuzz {

void try_bytes(std::span<const std::byte> bytes) {
  const auto array = read_npy(bytes, limits, "array.npy");
  if (!succeeded(array))
    return;
  const auto again = read_npy(write_npy(array->view()), limits, "array.npy");
  require(again && again->type() == array->type() && again->shape() == array->shape() &&
              std::memcmp(again->view().data, array->view().data, array->bytes()) == 0,
          "an array is read back as it was written");
}

} // namespace ganlet::fuzz
