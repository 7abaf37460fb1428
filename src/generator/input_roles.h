#pragma once

#include "generator/roles.h"

/// Checks what inputs were given roles, and finds the facts that follow.
namespace ganlet::role {

/// The latent, `found` among the inputs, and the further inputs that share its numbers; `label` is known. Errors:
/// invalid_argument, limit_exceeded; unsupported for what only an engine with all parts knows.
Result<void> check_latent(const Graph& graph, const ModelDescription& description, std::optional<std::size_t> found,
                          Roles& roles);
/// Every input has a role. Errors: as above.
Result<void> check_inputs(const Graph& graph, const Roles& roles);
/// The label, which may be in the latent. Errors: as above.
Result<void> check_label(const Graph& graph, const ModelDescription& description, Roles& roles);

} // namespace ganlet::role
