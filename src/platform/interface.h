#pragma once

struct ImDrawData;

/// Draws Dear ImGui's lists. Drawing thread only. Its own OpenGL backend asks for the state that it finds, to give it
/// back afterwards; in a page each question waits until the graphics process has drawn all that came before.
namespace ganlet::platform {

/// Makes what a new context needs. False where the shaders can't be compiled.
bool interface_restored();
/// The fonts of ImGui's atlas are others than before.
void upload_fonts();
/// Draws over what is there.
void draw_interface(const ImDrawData& data);

} // namespace ganlet::platform
