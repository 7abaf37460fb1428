#include "platform/platform.h"

#include <algorithm>
#include <map>

#include <GLES3/gl3.h>
#include <emscripten.h>
#include <emscripten/html5.h>
#include <imgui.h>

#include "core/limits.h"
#include "image/whole_file.h"
#include "platform/display.h"
#include "platform/gl.h"
#include "platform/input.h"
#include "platform/interface.h"

/// The page: WebGL2 on a canvas. What a browser has to be asked for is in web/studio.js, reached through
/// src/platform/web_library.js; what it tells comes in through the studio_... functions below.
extern "C" {
void host_redraw();
void host_fetch(int id, const char* path);
void host_read_picture(int id, const char* path);
void host_copy_text(const char* text);
void host_cursor(int kind);
void host_send(const void* bytes, int size);
}

namespace ganlet::platform {

namespace {

constexpr int frames_to_settle = 3;

struct Waiting {
  Progress progress;
  std::function<void(Result<std::string>)> done;
  std::string path;
};

struct Page {
  std::unique_ptr<Program> program;
  int frames_due = frames_to_settle;
  bool animated = false;
  bool has_context = false;
  int width = 1, height = 1; ///< of the canvas, in pixels
  float scale = 1;
  float wanted_scale = 0;
  double last_frame = 0;
  std::string clipboard;
  std::vector<ImGuiKey> let_go; ///< keys that were pressed for a paste, to be let go of in the next frame
  std::map<int, Waiting> waiting;
  std::map<int, std::function<void(Result<Image>)>> pictures; ///< being decoded
  int last_fetch = 0;
  std::vector<std::vector<std::byte>> answers; ///< of the background, for the next frame
  std::function<void(const Image&)> capture;
  int cursor = -2;
} page;

void load_gl() {
#define GANLET_GL_TAKE(result, name, parameters) gl.name = &gl##name;
  GANLET_GL_FUNCTIONS(GANLET_GL_TAKE)
#undef GANLET_GL_TAKE
  gl.shader_header = "#version 300 es\nprecision highp float;\nprecision highp int;\n";
}

bool restore() {
  return interface_restored() && display_restored();
}

void draw_frame() {
  for (const std::vector<std::byte>& answer : std::exchange(page.answers, {}))
    page.program->received(answer);
  page.program->prepare();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(page.width), static_cast<float>(page.height));
  const double now = emscripten_get_now();
  io.DeltaTime = static_cast<float>(std::clamp((now - page.last_frame) / 1000, 1e-4, 0.1));
  page.last_frame = now;
  ImGui::NewFrame();
  if (input_waits())
    page.frames_due = frames_to_settle;
  display_begins();
  page.program->frame();
  ImGui::Render();
  display_ends(page.width, page.height);
  gl.Viewport(0, 0, page.width, page.height);
  const ImVec4 background = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  gl.ClearColor(background.x, background.y, background.z, 1);
  gl.Clear(gl_enum::color_buffer_bit);
  draw_interface(*ImGui::GetDrawData());
  if (page.capture)
    std::exchange(page.capture, nullptr)(read_screen());
  for (const ImGuiKey key : page.let_go)
    io.AddKeyEvent(key, false);
  page.let_go.clear();
  if (const int cursor = ImGui::GetMouseCursor(); cursor != page.cursor)
    host_cursor(page.cursor = cursor);
}

/// A key by its place on the keyboard, as KeyboardEvent.code has it.
ImGuiKey key_of(std::string_view code) {
  if (code.size() == 4 && code.starts_with("Key") && code[3] >= 'A' && code[3] <= 'Z')
    return static_cast<ImGuiKey>(ImGuiKey_A + (code[3] - 'A'));
  if (code.size() == 6 && code.starts_with("Digit"))
    return static_cast<ImGuiKey>(ImGuiKey_0 + (code[5] - '0'));
  static const std::map<std::string_view, ImGuiKey> keys{{"ArrowLeft", ImGuiKey_LeftArrow},
                                                         {"ArrowRight", ImGuiKey_RightArrow},
                                                         {"ArrowUp", ImGuiKey_UpArrow},
                                                         {"ArrowDown", ImGuiKey_DownArrow},
                                                         {"Backspace", ImGuiKey_Backspace},
                                                         {"Delete", ImGuiKey_Delete},
                                                         {"End", ImGuiKey_End},
                                                         {"Enter", ImGuiKey_Enter},
                                                         {"Escape", ImGuiKey_Escape},
                                                         {"Home", ImGuiKey_Home},
                                                         {"NumpadEnter", ImGuiKey_KeypadEnter},
                                                         {"PageDown", ImGuiKey_PageDown},
                                                         {"PageUp", ImGuiKey_PageUp},
                                                         {"Space", ImGuiKey_Space},
                                                         {"Tab", ImGuiKey_Tab}};
  const auto found = keys.find(code);
  return found == keys.end() ? ImGuiKey_None : found->second;
}

} // namespace

Result<void> run(const Window& window, const std::function<std::unique_ptr<Program>()>& start) {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = attributes.depth = attributes.stencil = attributes.antialias = false;
  attributes.preserveDrawingBuffer = true; // frames are drawn when something happens; what is there has to stay
  const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context = emscripten_webgl_create_context("#studio", &attributes);
  if (context <= 0)
    return fail(ErrorCode::unsupported, "", "this browser has no WebGL2");
  emscripten_webgl_make_context_current(context);
  page.wanted_scale = window.scale;
  load_gl();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.BackendPlatformName = "page";
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  io.SetClipboardTextFn = [](void*, const char* text) { host_copy_text(text); };
  io.GetClipboardTextFn = [](void*) { return page.clipboard.c_str(); };
  if (!restore())
    return fail(ErrorCode::unsupported, "", "this browser can't compile the shaders that show pictures");
  page.has_context = true;
  page.program = start();
  host_redraw();
  return {};
}

void redraw() {
  page.frames_due = frames_to_settle;
  host_redraw();
}

void animate(bool on) {
  page.animated = on;
  host_redraw();
}

void send(std::vector<std::byte> message) {
  host_send(message.data(), static_cast<int>(message.size()));
}

void quit(int) {}
double seconds() {
  return emscripten_get_now() / 1000;
}
float scale() {
  return page.wanted_scale > 0 ? page.wanted_scale : page.scale;
}

void fonts_changed() {
  upload_fonts();
}

std::string renderer() {
  const unsigned char* name = gl.GetString(gl_enum::renderer);
  return name == nullptr ? "" : reinterpret_cast<const char*>(name);
}

void fetch(const std::string& path, Progress progress, std::function<void(Result<std::string>)> done) {
  page.waiting[++page.last_fetch] = {std::move(progress), std::move(done), path};
  host_fetch(page.last_fetch, path.c_str());
}

void read_picture(const std::string& path, std::function<void(Result<Image>)> done) {
  page.pictures[++page.last_fetch] = std::move(done);
  host_read_picture(page.last_fetch, path.c_str());
}

void capture(std::function<void(const Image&)> done) {
  page.capture = std::move(done);
  redraw();
}

} // namespace ganlet::platform

using namespace ganlet::platform;

/// What the page tells. Places are in pixels of the canvas.
extern "C" {

/// A frame, if one is due; 1 where another is wanted at once.
EMSCRIPTEN_KEEPALIVE int studio_frame() {
  if (!page.program)
    return 0;
  if (page.has_context && (page.frames_due > 0 || page.animated)) {
    --page.frames_due;
    draw_frame();
  }
  return page.animated || (page.has_context && page.frames_due > 0);
}

EMSCRIPTEN_KEEPALIVE void studio_resize(int width, int height, float scale) {
  page.width = std::max(width, 1);
  page.height = std::max(height, 1);
  page.scale = std::clamp(scale, 0.5F, 8.0F);
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_pointer(float x, float y, int is_touch) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(is_touch != 0 ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  io.AddMousePosEvent(x, y);
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_pointer_left() {
  ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX);
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_button(int button, int down) {
  ImGui::GetIO().AddMouseButtonEvent(button, down != 0);
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_wheel(float x, float y) {
  ImGui::GetIO().AddMouseWheelEvent(x, y);
  redraw();
}

/// `modifiers`: 1 control, 2 shift, 4 alt, 8 meta.
EMSCRIPTEN_KEEPALIVE void studio_key(const char* code, int down, int modifiers) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, (modifiers & (1 | 8)) != 0); // the command key means what control does elsewhere
  io.AddKeyEvent(ImGuiMod_Shift, (modifiers & 2) != 0);
  io.AddKeyEvent(ImGuiMod_Alt, (modifiers & 4) != 0);
  if (const ImGuiKey key = key_of(code); key != ImGuiKey_None)
    io.AddKeyEvent(key, down != 0);
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_text(const char* text) {
  ImGui::GetIO().AddInputCharactersUTF8(text);
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_paste(const char* text) {
  page.clipboard = text;
  ImGuiIO& io = ImGui::GetIO();
  for (const ImGuiKey key : {ImGuiMod_Ctrl, ImGuiKey_V}) {
    io.AddKeyEvent(key, true);
    page.let_go.push_back(key);
  }
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_focus(int has) {
  ImGui::GetIO().AddFocusEvent(has != 0);
  redraw();
}

/// Whether a text field is open, for which phones show a keyboard.
EMSCRIPTEN_KEEPALIVE int studio_wants_text() {
  return page.program && ImGui::GetIO().WantTextInput;
}

EMSCRIPTEN_KEEPALIVE void studio_context(int is_there) {
  page.has_context = is_there != 0 && restore();
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_progress(int id, double done, double all) {
  if (const auto found = page.waiting.find(id); found != page.waiting.end() && found->second.progress)
    found->second.progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(all));
}

/// `problem` is empty where the file lies under its path now.
EMSCRIPTEN_KEEPALIVE void studio_fetched(int id, const char* problem) {
  auto found = page.waiting.extract(id);
  if (!found)
    return;
  Waiting& waiting = found.mapped();
  if (*problem == 0)
    waiting.done(waiting.path);
  else
    waiting.done(ganlet::fail(ganlet::ErrorCode::not_found, "", problem));
  redraw();
}

/// The pixels of a picture lie in a file, as RGBA; `problem` is empty where they do.
EMSCRIPTEN_KEEPALIVE void studio_picture(int id, const char* file, int width, int height, const char* problem) {
  auto found = page.pictures.extract(id);
  if (!found)
    return;
  const auto bytes = *problem == 0 ? ganlet::read_whole(file, ganlet::Limits{}.file_bytes)
                                   : ganlet::fail(ganlet::ErrorCode::unsupported, "", problem);
  if (bytes) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->data());
    found.mapped()(ganlet::Image{width, height, {first, first + bytes->size()}});
  } else {
    found.mapped()(ganlet::fail(bytes.error().code(), "", bytes.error().message()));
  }
  redraw();
}

/// Room for a message of the background, which the page fills before `studio_received`.
EMSCRIPTEN_KEEPALIVE void* studio_message(int size) {
  return page.answers.emplace_back(static_cast<std::size_t>(size)).data();
}
EMSCRIPTEN_KEEPALIVE void studio_received() {
  redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_opened(const char* path) {
  page.program->opened(path);
}
EMSCRIPTEN_KEEPALIVE void studio_command(const char* name) {
  page.program->command(name);
}
EMSCRIPTEN_KEEPALIVE void studio_redraw() {
  redraw();
}
}
