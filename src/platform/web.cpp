#include "platform/platform.h"

#include <algorithm>
#include <deque>
#include <map>

#include <GLES3/gl3.h>
#include <emscripten.h>
#include <emscripten/html5.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "core/limits.h"
#include "image/whole_file.h"
#include "platform/display.h"
#include "platform/web_parts.h"

/// The page: WebGL2 on a canvas. web_parts.h has the requests to the browser; the browser's events arrive through the
/// studio_... functions below.
namespace ganlet::platform {

namespace {

constexpr int frames_to_settle = 3;
constexpr int most_frames_at_once = 8;

/// The canvas, and everything that the page's functions need.
class Page final : public Window {
 public:
  explicit Page(float wanted_scale) : wanted_scale_(wanted_scale) {}
  Result<void> open(const Start& start);

  void redraw() override {
    frames_due_ = frames_to_settle;
    host_redraw();
  }
  void animate(bool on) override {
    animated_ = on;
    host_redraw();
  }
  void quit(int) override {}
  double seconds() const override { return emscripten_get_now() / 1000; }
  float scale() const override { return wanted_scale_ > 0 ? wanted_scale_ : scale_; }
  void fonts_changed() override { display_.upload_fonts(); }
  void capture() override {
    captures_ = true;
    redraw();
  }
  std::string renderer() const override {
    const unsigned char* name = display_.gl.GetString(gl_enum::renderer);
    return name == nullptr ? "" : reinterpret_cast<const char*>(name);
  }

  /// Draws a frame if one is due; returns whether another is wanted at once.
  bool draw_if_due();
  void resize(int width, int height, float scale);
  void set_context(bool is_there) { has_context_ = is_there && display_.restore(); }
  void key(ImGuiKey key, bool down, int modifiers);
  void paste(const char* text);
  const std::string& clipboard_text() const { return clipboard_text_; }
  void set_clipboard_text(const char* text) { clipboard_text_ = text; }
  std::string take_path(Ticket ticket) { return files_.take_path(ticket); }
  std::vector<std::byte>& new_answer(std::size_t size) { return answers_.emplace_back(size); }
  Program* program() { return program_.get(); }
  const float* place_of(const char* label) {
    found_ = program_->place_of(label);
    return found_ ? &found_->left : nullptr;
  }

 private:
  void fill_gl();
  void draw_frame();
  /// Presses a key until the end of the next frame.
  void press(ImGuiKey key);
  /// Draws what is in Dear ImGui's queue before the modifiers change. Otherwise it might take a key and the release of
  /// its modifier in the same frame, and a command would become a letter.
  void change_modifiers(int modifiers);

  Display display_;
  PageFiles files_;
  PageClipboard clipboard_;
  PageStore store_;
  PageSystem system_;
  Host host_{*this,
             files_,
             clipboard_,
             store_,
             system_,
             [](const std::vector<std::byte>& message) {
               host_send(message.data(), static_cast<int>(message.size())); }};
  std::unique_ptr<Program> program_;
  int frames_due_ = frames_to_settle;
  bool animated_ = false, has_context_ = false, captures_ = false;
  int width_ = 1, height_ = 1; ///< of the canvas, in pixels
  float scale_ = 1, wanted_scale_ = 0;
  double last_frame_ = 0;
  std::string clipboard_text_;
  std::deque<std::string> pastes_;              ///< to come, one once Dear ImGui has taken all before it
  std::vector<ImGuiKey> pressed_;               ///< to be let go of after the next frame
  std::vector<std::vector<std::byte>> answers_; ///< of the background, for the next frame
  std::optional<Area> found_;                   ///< the answer of `place_of`
  int cursor_ = -2;
  int modifiers_ = 0; ///< as the last key had them: control, shift, alt and the command key, a bit each
};

/// The platform's only global: functions that a page calls by name have no other context.
std::unique_ptr<Page> page;

void Page::fill_gl() {
#define GANLET_GL_TAKE(result, name, parameters) display_.gl.name = &gl##name;
  GANLET_GL_FUNCTIONS(GANLET_GL_TAKE)
#undef GANLET_GL_TAKE
  display_.gl.shader_header = "#version 300 es\nprecision highp float;\nprecision highp int;\n";
}

Result<void> Page::open(const Start& start) {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = attributes.depth = attributes.stencil = attributes.antialias = false;
  attributes.preserveDrawingBuffer = true; // frames are only drawn after events, and must stay visible in between
  const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context = emscripten_webgl_create_context("#studio", &attributes);
  if (context <= 0)
    return fail(ErrorCode::unsupported, "", "this browser has no WebGL2");
  emscripten_webgl_make_context_current(context);
  fill_gl();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.BackendPlatformName = "page";
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  io.ClipboardUserData = this;
  io.SetClipboardTextFn = [](void* of, const char* text) {
    static_cast<Page*>(of)->set_clipboard_text(text);
    host_copy_text(text);
  };
  io.GetClipboardTextFn = [](void* of) { return static_cast<Page*>(of)->clipboard_text().c_str(); };
  display_.attach();
  if (!display_.restore())
    return fail(ErrorCode::unsupported, "", "this browser can't compile the shaders that show pictures");
  has_context_ = true;
  program_ = start(host_);
  host_redraw();
  return {};
}

bool Page::draw_if_due() {
  if (has_context_ && (frames_due_ > 0 || animated_)) {
    --frames_due_;
    draw_frame();
  }
  return animated_ || (has_context_ && frames_due_ > 0);
}

void Page::draw_frame() {
  for (const std::vector<std::byte>& answer : std::exchange(answers_, {}))
    program_->received(answer);
  program_->prepare();
  ImGuiIO& io = ImGui::GetIO();
  const auto& queue = ImGui::GetCurrentContext()->InputEventsQueue;
  if (!pastes_.empty() && queue.empty()) {
    clipboard_text_ = std::move(pastes_.front());
    pastes_.pop_front();
    press(ImGuiMod_Ctrl);
    press(ImGuiKey_V);
  }
  io.DisplaySize = ImVec2(static_cast<float>(width_), static_cast<float>(height_));
  const double now = emscripten_get_now();
  io.DeltaTime = static_cast<float>(std::clamp((now - last_frame_) / 1000, 1e-4, 0.1));
  last_frame_ = now;
  ImGui::NewFrame();
  // Dear ImGui takes only one event per frame from a rapid series, such as the moves of two fingers.
  if (!queue.empty() || !pastes_.empty())
    frames_due_ = frames_to_settle;
  display_.begin();
  program_->frame();
  ImGui::Render();
  display_.show(*ImGui::GetDrawData(), width_, height_);
  if (std::exchange(captures_, false))
    program_->captured(display_.read_screen());
  for (const ImGuiKey key : std::exchange(pressed_, {}))
    io.AddKeyEvent(key, false);
  if (const int cursor = ImGui::GetMouseCursor(); cursor != cursor_)
    host_cursor(cursor_ = cursor);
}

void Page::resize(int width, int height, float scale) {
  width_ = std::max(width, 1);
  height_ = std::max(height, 1);
  scale_ = std::clamp(scale, 0.5F, 8.0F);
  redraw();
}

void Page::press(ImGuiKey key) {
  ImGui::GetIO().AddKeyEvent(key, true);
  pressed_.push_back(key);
}

void Page::change_modifiers(int modifiers) {
  if (std::exchange(modifiers_, modifiers) == modifiers)
    return;
  const auto& queue = ImGui::GetCurrentContext()->InputEventsQueue;
  for (int frames = 0; has_context_ && !queue.empty() && frames < most_frames_at_once; ++frames)
    draw_frame();
}

void Page::key(ImGuiKey key, bool down, int modifiers) {
  change_modifiers(modifiers);
  const bool meta = (modifiers & 8) != 0;
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, (modifiers & 1) != 0 || meta); // the command key acts as control does elsewhere
  io.AddKeyEvent(ImGuiMod_Shift, (modifiers & 2) != 0);
  io.AddKeyEvent(ImGuiMod_Alt, (modifiers & 4) != 0);
  if (key != ImGuiKey_None && meta && down)
    press(key); // Macs don't report a key's release while the command key is held
  else if (key != ImGuiKey_None)
    io.AddKeyEvent(key, down);
  redraw();
}

void Page::paste(const char* text) {
  pastes_.emplace_back(text);
  redraw();
}

/// A key by its position on the keyboard, as in KeyboardEvent.code.
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

Result<void> run(const WindowOptions& options, const Start& start) {
  page = std::make_unique<Page>(options.scale);
  Result<void> outcome = page->open(start);
  if (!outcome)
    page.reset();
  return outcome;
}

} // namespace ganlet::platform

using namespace ganlet::platform;

/// The functions that the page calls once the program runs. Positions are in pixels of the canvas.
extern "C" {

/// Draws a frame if one is due; returns 1 if another is wanted at once.
EMSCRIPTEN_KEEPALIVE int studio_frame() {
  return page && page->draw_if_due();
}

EMSCRIPTEN_KEEPALIVE void studio_resize(int width, int height, float scale) {
  page->resize(width, height, scale);
}

EMSCRIPTEN_KEEPALIVE void studio_pointer(float x, float y, int is_touch) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(is_touch != 0 ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  io.AddMousePosEvent(x, y);
  page->redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_pointer_left() {
  ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX);
  page->redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_button(int button, int down) {
  ImGui::GetIO().AddMouseButtonEvent(button, down != 0);
  page->redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_wheel(float x, float y) {
  ImGui::GetIO().AddMouseWheelEvent(x, y);
  page->redraw();
}

/// `modifiers`: 1 control, 2 shift, 4 alt, 8 meta.
EMSCRIPTEN_KEEPALIVE void studio_key(const char* code, int down, int modifiers) {
  page->key(key_of(code), down != 0, modifiers);
}

EMSCRIPTEN_KEEPALIVE void studio_text(const char* text) {
  ImGui::GetIO().AddInputCharactersUTF8(text);
  page->redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_paste(const char* text) {
  page->paste(text);
}

/// The text copied or cut since `studio_forget_copied`.
EMSCRIPTEN_KEEPALIVE const char* studio_copied() {
  return page->clipboard_text().c_str();
}
EMSCRIPTEN_KEEPALIVE void studio_forget_copied() {
  page->set_clipboard_text("");
}

EMSCRIPTEN_KEEPALIVE void studio_focus(int has) {
  ImGui::GetIO().AddFocusEvent(has != 0);
  page->redraw();
}

/// Whether a text field has the focus, so that phones should show a keyboard.
EMSCRIPTEN_KEEPALIVE int studio_wants_text() {
  return page && ImGui::GetIO().WantTextInput;
}

/// The position of the control with this label in the last frame, as four numbers; null if there was none.
EMSCRIPTEN_KEEPALIVE const float* studio_place_of(const char* label) {
  return page->place_of(label);
}

EMSCRIPTEN_KEEPALIVE void studio_context(int is_there) {
  page->set_context(is_there != 0);
  page->redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_progress(int ticket, double done, double all) {
  page->program()->progressed(ticket, static_cast<std::int64_t>(done), static_cast<std::int64_t>(all));
}

/// `problem` is empty if the file can now be read at its path.
EMSCRIPTEN_KEEPALIVE void studio_fetched(int ticket, const char* problem) {
  std::string path = page->take_path(ticket);
  if (*problem == 0)
    page->program()->fetched(ticket, std::move(path));
  else
    page->program()->fetched(ticket, ganlet::fail(ganlet::ErrorCode::not_found, "", problem));
  page->redraw();
}

/// The answer to host_read_picture. If `problem` is empty, `file` holds the picture's pixels as RGBA.
EMSCRIPTEN_KEEPALIVE void studio_picture(int ticket, const char* file, int width, int height, const char* problem) {
  const auto bytes = *problem == 0 ? ganlet::read_whole(file, ganlet::Limits{}.file_bytes)
                                   : ganlet::fail(ganlet::ErrorCode::unsupported, "", problem);
  if (bytes) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->data());
    page->program()->decoded(ticket, ganlet::Image{width, height, {first, first + bytes->size()}});
  } else {
    page->program()->decoded(ticket, ganlet::fail(bytes.error().code(), "", bytes.error().message()));
  }
  page->redraw();
}

/// Memory for a message from the background, which the page fills before it calls `studio_received`.
EMSCRIPTEN_KEEPALIVE void* studio_message(int size) {
  return page->new_answer(static_cast<std::size_t>(size)).data();
}
EMSCRIPTEN_KEEPALIVE void studio_received() {
  page->redraw();
}

EMSCRIPTEN_KEEPALIVE void studio_opened(const char* path) {
  page->program()->opened(path);
}
EMSCRIPTEN_KEEPALIVE void studio_refused(const char* problem) {
  page->program()->refused(problem);
}
EMSCRIPTEN_KEEPALIVE void studio_command(const char* name) {
  page->program()->command(name);
}
EMSCRIPTEN_KEEPALIVE void studio_redraw() {
  page->redraw();
}
}
