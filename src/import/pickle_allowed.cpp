#include <algorithm>
#include <utility>

#include "import/pickle.h"

namespace ganlet::importing {

namespace {

/// Constructors of tensors, containers and numbers. None of them is executed here.
constexpr std::pair<std::string_view, std::string_view> callables[] = {
    {"torch._utils", "_rebuild_tensor"},
    {"torch._utils", "_rebuild_tensor_v2"},
    {"torch._utils", "_rebuild_tensor_v3"},
    {"torch._utils", "_rebuild_parameter"},
    {"torch._tensor", "_rebuild_from_type_v2"},
    {"torch", "Size"},
    {"torch", "device"},
    {"collections", "OrderedDict"},
    {"collections", "defaultdict"},
    {"collections", "Counter"},
    {"copyreg", "_reconstructor"},
    {"copy_reg", "_reconstructor"},
    {"builtins", "set"},
    {"__builtin__", "set"},
    {"numpy", "dtype"},
    {"numpy.core.multiarray", "scalar"},
    {"numpy._core.multiarray", "scalar"},
    {"_codecs", "encode"},
    {"argparse", "Namespace"},
    {"pathlib", "PosixPath"},
    {"pathlib", "WindowsPath"},
    {"datetime", "datetime"},
};

} // namespace

bool may_be_called(const Pickle::Value& function) {
  return std::ranges::any_of(callables,
                             [&](const auto& allowed) { return function.is(allowed.first, allowed.second); });
}

} // namespace ganlet::importing
