#pragma once

#include <imgui.h>
#include <imgui_internal.h>

namespace ganlet::platform {

/// Whether input waits for further frames: of what comes quickly, such as the moves of two fingers, Dear ImGui takes
/// one thing a frame.
inline bool input_waits() {
  return !ImGui::GetCurrentContext()->InputEventsQueue.empty();
}

} // namespace ganlet::platform
