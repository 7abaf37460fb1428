#pragma once

#include <string>

namespace ganlet::studio {

/// Lets networks draw on the GPU that draws the window, whose OpenGL context this thread uses. Returns why they can't,
/// in words for people; empty if they can.
std::string share_window_with_networks();

} // namespace ganlet::studio
