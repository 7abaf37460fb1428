#include "platform/platform.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_internal.h>

#include "core/limits.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/whole_file.h"
#include "platform/background_thread.h"
#include "platform/desktop_parts.h"
#include "platform/display.h"

/// The desktop: GLFW, OpenGL 3.3, files, and a thread for the work.
namespace ganlet::platform {

namespace {

namespace fs = std::filesystem;

/// Frames drawn after an event: Dear ImGui needs the first two to settle its layout.
constexpr int frames_to_settle = 3;
constexpr double look_at_dialogue = 0.1; ///< seconds: choosing a file doesn't wake the program
constexpr double minimised_frame = 0.02; ///< seconds: nothing is shown then, so no display limits the frame rate

class DesktopWindow final : public Window {
 public:
  /// Errors: unsupported.
  Result<void> open(const WindowOptions& options);
  void close();
  GLFWwindow* handle() const { return window_; }

  /// Sleeps until an event, or until the next frame is due.
  void wait(bool has_dialogue);
  /// Whether a frame is due; if so, counts it as drawn.
  bool takes_frame();
  bool is_minimised() const { return glfwGetWindowAttrib(window_, GLFW_ICONIFIED) != 0; }
  bool takes_capture() { return std::exchange(captures_, false); }
  int status() const { return status_; }
  void happened() { frames_due_ = frames_to_settle; }

  void redraw() override {
    happened();
    glfwPostEmptyEvent();
  }
  void animate(bool on) override { animated_ = on; }
  void quit(int status) override {
    status_ = status;
    glfwSetWindowShouldClose(window_, GLFW_TRUE);
  }
  double seconds() const override { return glfwGetTime(); }
  float scale() const override {
    if (wanted_scale_ > 0)
      return wanted_scale_;
    float x = 1, y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    return std::clamp(x, 0.5F, 4.0F);
  }
  void fonts_changed() override { display_.upload_fonts(); }
  void capture() override {
    captures_ = true;
    redraw();
  }
  std::string renderer() const override {
    const unsigned char* name = display_.gl.GetString(gl_enum::renderer);
    return name == nullptr ? "" : reinterpret_cast<const char*>(name);
  }
  Display& display() { return display_; }

 private:
  GLFWwindow* window_ = nullptr;
  Display display_;
  std::atomic<int> frames_due_{frames_to_settle};
  bool animated_ = false, captures_ = false;
  int status_ = 0;
  float wanted_scale_ = 0;
};

class DesktopFiles final : public Files {
 public:
  DesktopFiles(Window& window, std::string models) : window_(window), models_(std::move(models)) {}

  void fetch(Ticket ticket, const std::string& path) override {
    answer([ticket, path, found = installed(path)](Program& program) {
      if (found)
        program.fetched(ticket, found->string());
      else
        program.fetched(ticket, fail(ErrorCode::not_found, path, "there is no such file"));
    });
  }
  void read_picture(Ticket ticket, const std::string& path) override {
    answer([ticket, path](Program& program) {
      auto bytes = read_whole(path, Limits{}.file_bytes);
      program.decoded(ticket, bytes ? decode_image(*bytes, fs::path(path).filename().string())
                                    : Result<Image>(tl::unexpected(std::move(bytes).error())));
    });
  }
  Result<std::string> save(const std::string& name, std::span<const std::byte> bytes) override {
    return save_beside(name, bytes);
  }
  bool has_dialogue() const override { return has_dialogue_; }
  void choose() override { (void)dialogue_.open(); }

  bool is_choosing() const { return dialogue_.is_open(); }
  void open(const std::string& path) {
    answer([path](Program& program) { program.opened(path); });
  }
  /// Passes on to the program what has arrived since the last call.
  void deliver(Program& program) {
    if (const std::optional<std::string> path = dialogue_.chosen())
      open(*path);
    for (const Answer& one : std::exchange(answers_, {}))
      one(program);
  }

 private:
  using Answer = std::function<void(Program&)>;

  void answer(Answer one) {
    answers_.push_back(std::move(one));
    window_.redraw();
  }
  std::optional<fs::path> installed(const std::string& path) const;

  Window& window_;
  std::string models_;
  FileDialogue dialogue_;
  bool has_dialogue_ = FileDialogue::is_installed(); ///< cached: asked every frame
  std::vector<Answer> answers_;
};

/// The path of a file of the installation: "models/..." in the directory that was asked for, or one of its
/// `installed_places`.
std::optional<fs::path> DesktopFiles::installed(const std::string& path) const {
  std::vector<fs::path> candidates;
  if (constexpr std::string_view models = "models/"; !models_.empty() && path.starts_with(models))
    candidates.push_back(fs::path(models_) / path.substr(models.size()));
  std::ranges::move(installed_places(path), std::back_inserter(candidates));
  std::error_code unknown;
  for (const fs::path& candidate : candidates)
    if (fs::exists(candidate, unknown))
      return candidate;
  return std::nullopt;
}

/// The objects behind the window, for GLFW's callbacks.
struct Behind {
  DesktopWindow& window;
  DesktopFiles& files;
};

/// Finds them, and marks that an event happened.
Behind& behind(GLFWwindow* window) {
  auto& found = *static_cast<Behind*>(glfwGetWindowUserPointer(window));
  found.window.happened();
  return found;
}

/// GLFW gives the cursor's position in the window's units, which on some systems are several pixels.
void move_cursor(GLFWwindow* window, double x, double y) {
  int width = 0, height = 0, pixels_wide = 0, pixels_high = 0;
  glfwGetWindowSize(window, &width, &height);
  glfwGetFramebufferSize(window, &pixels_wide, &pixels_high);
  const double ratio = width > 0 ? static_cast<double>(pixels_wide) / width : 1;
  ImGui::GetIO().AddMousePosEvent(static_cast<float>(x * ratio), static_cast<float>(y * ratio));
  behind(window);
}

void install_callbacks(GLFWwindow* window) {
  glfwSetCursorPosCallback(window, move_cursor);
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    behind(w);
    ImGui_ImplGlfw_CursorEnterCallback(w, entered);
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
    behind(w);
    ImGui_ImplGlfw_MouseButtonCallback(w, button, action, mods);
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double x, double y) {
    behind(w);
    ImGui_ImplGlfw_ScrollCallback(w, x, y);
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int code, int action, int mods) {
    behind(w);
    ImGui_ImplGlfw_KeyCallback(w, key, code, action, mods);
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned character) {
    behind(w);
    ImGui_ImplGlfw_CharCallback(w, character);
  });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int focused) {
    behind(w);
    ImGui_ImplGlfw_WindowFocusCallback(w, focused);
  });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { behind(w); });
  glfwSetWindowContentScaleCallback(window, [](GLFWwindow* w, float, float) { behind(w); });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { behind(w); });
  glfwSetWindowIconifyCallback(window, [](GLFWwindow* w, int) { behind(w); });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    for (int i = 0; i < count; ++i)
      behind(w).files.open(paths[i]);
  });
}

/// The description of GLFW's last error.
std::string glfw_reason() {
  const char* text = nullptr;
  (void)glfwGetError(&text);
  return text == nullptr ? "no reason is given" : text;
}

Result<void> DesktopWindow::open(const WindowOptions& options) {
  if (glfwInit() == 0)
    return fail(ErrorCode::unsupported, "window", concat("can't be opened: ", glfw_reason()));
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  // Networks can share a context of EGL's alone; without EGL the window is opened all the same.
  for (const int api : {GLFW_EGL_CONTEXT_API, GLFW_NATIVE_CONTEXT_API}) {
    glfwWindowHint(GLFW_CONTEXT_CREATION_API, api);
    if (window_ == nullptr)
      window_ = glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
  }
  if (window_ == nullptr)
    return fail(ErrorCode::unsupported, "window", concat("can't be opened with OpenGL 3.3: ", glfw_reason()));
  wanted_scale_ = options.scale;
  glfwMakeContextCurrent(window_);
  glfwSwapInterval(1);
  display_.gl.shader_header = "#version 330 core\n";
  return load_gl(display_.gl, [](const char* name) { return glfwGetProcAddress(name); });
}

void DesktopWindow::close() {
  if (window_ != nullptr)
    glfwDestroyWindow(window_);
  glfwTerminate();
}

void DesktopWindow::wait(bool has_dialogue) {
  const bool is_due = animated_ || frames_due_ > 0;
  if (is_due && is_minimised())
    glfwWaitEventsTimeout(minimised_frame);
  else if (is_due)
    glfwPollEvents();
  else if (has_dialogue)
    glfwWaitEventsTimeout(look_at_dialogue);
  else
    glfwWaitEvents();
}

bool DesktopWindow::takes_frame() {
  if (!animated_ && frames_due_ <= 0)
    return false;
  --frames_due_;
  return true;
}

/// One frame. While the window is minimised, nothing is drawn, but everything else continues: answers are received, and
/// scripts and exports go on.
void run_frame(DesktopWindow& window, Program& program) {
  program.prepare();
  int width = 0, height = 0;
  glfwGetFramebufferSize(window.handle(), &width, &height);
  ImGui_ImplGlfw_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
  io.DisplayFramebufferScale = ImVec2(1, 1);
  ImGui::NewFrame();
  // Dear ImGui takes only one event per frame from a rapid series, such as the moves of two fingers.
  if (!ImGui::GetCurrentContext()->InputEventsQueue.empty())
    window.happened();
  window.display().begin();
  program.frame();
  ImGui::Render();
  const bool captures = window.takes_capture();
  if (width > 0 && height > 0 && (captures || !window.is_minimised())) {
    window.display().show(*ImGui::GetDrawData(), width, height);
    if (captures)
      program.captured(window.display().read_screen());
    glfwSwapBuffers(window.handle());
  }
}

/// Draws after events, and sleeps otherwise.
void loop(DesktopWindow& window, DesktopFiles& files, BackgroundThread& background, Program& program) {
  while (glfwWindowShouldClose(window.handle()) == 0) {
    window.wait(files.is_choosing());
    files.deliver(program);
    if (!window.takes_frame())
      continue;
    for (const std::vector<std::byte>& answer : background.take())
      program.received(answer);
    run_frame(window, program);
  }
}

/// The part that needs the window to be open and to have a context.
Result<void> run_in(DesktopWindow& window, const WindowOptions& options, const Start& start) {
  window.display().attach();
  if (!window.display().restore())
    return fail(ErrorCode::unsupported, "window", "this driver can't compile the shaders that show pictures");
  DesktopFiles files(window, options.models);
  Behind both{window, files};
  glfwSetWindowUserPointer(window.handle(), &both);
  install_callbacks(window.handle());
  ImGui_ImplGlfw_InitForOpenGL(window.handle(), false);
  const std::unique_ptr<Clipboard> clipboard = make_clipboard();
  const std::unique_ptr<Store> store = make_store();
  const std::unique_ptr<System> system = make_system();
  {
    const auto make = [](Send send, const std::atomic<bool>* stop) {
      return make_background(std::move(send), stop, nullptr);
    };
    BackgroundThread background(make, [&window] { window.redraw(); });
    Host host{window, files,   *clipboard,
              *store, *system, [&background](std::vector<std::byte> message) { background.send(std::move(message)); }};
    const std::unique_ptr<Program> program = start(host);
    loop(window, files, background, *program);
  }
  ImGui_ImplGlfw_Shutdown();
  return {};
}

} // namespace

Result<void> run(const WindowOptions& options, const Start& start) {
  DesktopWindow window;
  Result<void> outcome = window.open(options);
  if (outcome) {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    outcome = run_in(window, options, start);
    Display::detach();
    ImGui::DestroyContext();
  }
  window.close();
  if (outcome && window.status() != 0)
    std::exit(window.status());
  return outcome;
}

} // namespace ganlet::platform
