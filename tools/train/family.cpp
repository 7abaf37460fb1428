#include "family.h"

#include <algorithm>
#include <array>

namespace ganlet::train {

std::span<const FamilyEntry> families() {
  static constexpr std::array entries{
      FamilyEntry{"cgan", "class-conditional generator of transposed convolutions", make_cgan},
  };
  return entries;
}

const FamilyEntry* find_family(std::string_view name) {
  const std::span<const FamilyEntry> all = families();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const FamilyEntry& entry) { return entry.name == name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace ganlet::train
