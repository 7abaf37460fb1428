#include "platform/platform.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>

#include "core/text.h"
#include "platform/desktop_programs.h"
#include "platform/display.h"
#include "platform/gl.h"
#include "platform/input.h"
#include "platform/interface.h"

/// The desktop: GLFW, OpenGL 3.3, files, and a thread for the work.
namespace ganlet::platform {

namespace {

namespace fs = std::filesystem;

/// Frames that are drawn after something happened: Dear ImGui settles its layout in the first two.
constexpr int frames_to_settle = 3;

using Messages = std::vector<std::vector<std::byte>>;

struct Desktop {
  GLFWwindow* window = nullptr;
  std::unique_ptr<Program> program;
  std::atomic<int> frames_due{frames_to_settle};
  bool animated = false;
  int status = 0;
  float wanted_scale = 0;
  std::string models;
  std::function<void(const Image&)> capture;
  std::vector<std::function<void()>> later; ///< run before the next frame
  FileDialogue dialogue;

  std::thread background;
  std::mutex mutex; ///< of what follows
  std::condition_variable wakes;
  Messages questions, answers;
  bool ends = false;
} desktop;

void happened() {
  desktop.frames_due = frames_to_settle;
}

/// The cursor is told in the window's units, which on some systems are several pixels.
void move_cursor(GLFWwindow* window, double x, double y) {
  int width = 0, height = 0, pixels_wide = 0, pixels_high = 0;
  glfwGetWindowSize(window, &width, &height);
  glfwGetFramebufferSize(window, &pixels_wide, &pixels_high);
  const double ratio = width > 0 ? static_cast<double>(pixels_wide) / width : 1;
  ImGui::GetIO().AddMousePosEvent(static_cast<float>(x * ratio), static_cast<float>(y * ratio));
  happened();
}

void install_callbacks(GLFWwindow* window) {
  glfwSetCursorPosCallback(window, move_cursor);
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    happened();
    ImGui_ImplGlfw_CursorEnterCallback(w, entered);
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
    happened();
    ImGui_ImplGlfw_MouseButtonCallback(w, button, action, mods);
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double x, double y) {
    happened();
    ImGui_ImplGlfw_ScrollCallback(w, x, y);
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int code, int action, int mods) {
    happened();
    ImGui_ImplGlfw_KeyCallback(w, key, code, action, mods);
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned character) {
    happened();
    ImGui_ImplGlfw_CharCallback(w, character);
  });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int focused) {
    happened();
    ImGui_ImplGlfw_WindowFocusCallback(w, focused);
  });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow*, int, int) { happened(); });
  glfwSetWindowContentScaleCallback(window, [](GLFWwindow*, float, float) { happened(); });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow*) { happened(); });
  glfwSetDropCallback(window, [](GLFWwindow*, int count, const char** paths) {
    for (int i = 0; i < count; ++i)
      desktop.later.push_back([path = std::string(paths[i])] { desktop.program->opened(path); });
    happened();
  });
}

void load_gl() {
#define GANLET_GL_LOAD(result, name, parameters)                                                                       \
  gl.name = reinterpret_cast<decltype(gl.name)>(glfwGetProcAddress("gl" #name));
  GANLET_GL_FUNCTIONS(GANLET_GL_LOAD)
#undef GANLET_GL_LOAD
  gl.shader_header = "#version 330 core\n";
}

Result<void> open_window(const Window& wanted) {
  static std::string reason;
  glfwSetErrorCallback([](int, const char* text) { reason = text; });
  if (glfwInit() == 0)
    return fail(ErrorCode::unsupported, "window", concat("can't be opened: ", reason));
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  desktop.window = glfwCreateWindow(wanted.width, wanted.height, wanted.title.c_str(), nullptr, nullptr);
  if (desktop.window == nullptr)
    return fail(ErrorCode::unsupported, "window", concat("can't be opened with OpenGL 3.3: ", reason));
  desktop.wanted_scale = wanted.scale;
  desktop.models = wanted.models;
  glfwMakeContextCurrent(desktop.window);
  glfwSwapInterval(1);
  load_gl();
  return {};
}

void work_until_the_end() {
  const std::unique_ptr<Background> background = make_background([](std::vector<std::byte> message) {
    {
      const std::scoped_lock lock(desktop.mutex);
      desktop.answers.push_back(std::move(message));
    }
    redraw();
  });
  bool is_busy = false;
  std::unique_lock lock(desktop.mutex);
  while (true) {
    desktop.wakes.wait(lock, [&] { return is_busy || !desktop.questions.empty() || desktop.ends; });
    if (desktop.ends)
      return;
    const Messages questions = std::exchange(desktop.questions, {});
    lock.unlock();
    for (const std::vector<std::byte>& question : questions)
      background->receive(question);
    is_busy = background->work();
    lock.lock();
  }
}

void receive_answers() {
  Messages answers;
  {
    const std::scoped_lock lock(desktop.mutex);
    answers.swap(desktop.answers);
  }
  for (const std::vector<std::byte>& answer : answers)
    desktop.program->received(answer);
}

void draw_frame() {
  std::vector<std::function<void()>> later;
  later.swap(desktop.later);
  for (const std::function<void()>& call : later)
    call();
  receive_answers();
  desktop.program->prepare();
  int width = 0, height = 0;
  glfwGetFramebufferSize(desktop.window, &width, &height);
  ImGui_ImplGlfw_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
  io.DisplayFramebufferScale = ImVec2(1, 1);
  ImGui::NewFrame();
  if (input_waits())
    happened();
  display_begins();
  desktop.program->frame();
  ImGui::Render();
  display_ends(width, height);
  gl.Viewport(0, 0, width, height);
  const ImVec4 background = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  gl.ClearColor(background.x, background.y, background.z, 1);
  gl.Clear(gl_enum::color_buffer_bit);
  draw_interface(*ImGui::GetDrawData());
  if (desktop.capture)
    std::exchange(desktop.capture, nullptr)(read_screen());
  glfwSwapBuffers(desktop.window);
}

void wait_for_events() {
  constexpr double look_at_dialogue = 0.1; // seconds: nothing wakes the program when a file was chosen
  if (desktop.animated || desktop.frames_due > 0)
    glfwPollEvents();
  else if (desktop.dialogue.is_open())
    glfwWaitEventsTimeout(look_at_dialogue);
  else
    glfwWaitEvents();
}

/// Draws when something happened, sleeps otherwise.
void loop() {
  while (glfwWindowShouldClose(desktop.window) == 0) {
    wait_for_events();
    if (const std::optional<std::string> path = desktop.dialogue.chosen()) {
      desktop.program->opened(*path);
      happened();
    }
    if (glfwGetWindowAttrib(desktop.window, GLFW_ICONIFIED) != 0 && !desktop.capture) {
      glfwWaitEventsTimeout(0.5);
      continue;
    }
    if (!desktop.animated && desktop.frames_due <= 0)
      continue;
    --desktop.frames_due;
    draw_frame();
  }
}

/// Where a file of the installation lies: "models/..." in the directory that was asked for, in the current one, beside
/// the program as it is installed, or above it as it is built.
std::optional<fs::path> installed(const std::string& path) {
  std::error_code unknown;
  const fs::path program = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  std::vector<fs::path> candidates;
  if (constexpr std::string_view models = "models/"; !desktop.models.empty() && path.starts_with(models))
    candidates.push_back(fs::path(desktop.models) / path.substr(models.size()));
  candidates.insert(candidates.end(), {path, program / "../share/ganlet" / path, program / "../../.." / path});
  for (const fs::path& candidate : candidates)
    if (fs::exists(candidate, unknown))
      return candidate;
  return std::nullopt;
}

} // namespace

Result<void> run(const Window& window, const std::function<std::unique_ptr<Program>()>& start) {
  GANLET_CHECK(open_window(window));
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  install_callbacks(desktop.window);
  ImGui_ImplGlfw_InitForOpenGL(desktop.window, false);
  if (!interface_restored() || !display_restored())
    return fail(ErrorCode::unsupported, "window", "this driver can't compile the shaders that show pictures");
  desktop.program = start();
  desktop.background = std::thread(work_until_the_end);
  loop();
  {
    const std::scoped_lock lock(desktop.mutex);
    desktop.ends = true;
  }
  desktop.wakes.notify_all();
  desktop.background.join();
  desktop.program.reset();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(desktop.window);
  glfwTerminate();
  if (desktop.status != 0)
    std::exit(desktop.status);
  return {};
}

void redraw() {
  desktop.frames_due = frames_to_settle;
  glfwPostEmptyEvent();
}

void animate(bool on) {
  desktop.animated = on;
}

void send(std::vector<std::byte> message) {
  {
    const std::scoped_lock lock(desktop.mutex);
    desktop.questions.push_back(std::move(message));
  }
  desktop.wakes.notify_all();
}

void quit(int status) {
  desktop.status = status;
  glfwSetWindowShouldClose(desktop.window, GLFW_TRUE);
}

double seconds() {
  return glfwGetTime();
}

float scale() {
  if (desktop.wanted_scale > 0)
    return desktop.wanted_scale;
  float x = 1, y = 1;
  glfwGetWindowContentScale(desktop.window, &x, &y);
  return std::clamp(x, 0.5F, 4.0F);
}

void fonts_changed() {
  upload_fonts();
}

std::string renderer() {
  const unsigned char* name = gl.GetString(gl_enum::renderer);
  return name == nullptr ? "" : reinterpret_cast<const char*>(name);
}

void fetch(const std::string& path, Progress, std::function<void(Result<std::string>)> done) {
  desktop.later.push_back([path, done = std::move(done)] {
    if (const std::optional<fs::path> found = installed(path))
      done(found->string());
    else
      done(fail(ErrorCode::not_found, path, "there is no such file"));
  });
  redraw();
}

bool has_file_dialogue() {
  static const bool is_installed = FileDialogue::is_installed(); // asked for in every frame
  return is_installed;
}

void choose_file() {
  (void)desktop.dialogue.open();
}

void capture(std::function<void(const Image&)> done) {
  desktop.capture = std::move(done);
  redraw();
}

} // namespace ganlet::platform
