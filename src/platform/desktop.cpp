#include "platform/platform.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

#include "core/limits.h"
#include "core/text.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
#include "platform/desktop_programs.h"
#include "platform/display.h"
#include "platform/gl.h"
#include "platform/input.h"

/// The desktop: GLFW, OpenGL 3.3, files, and a thread for the work.
namespace ganlet::platform {

namespace {

namespace fs = std::filesystem;

/// Frames that are drawn after something happened: Dear ImGui settles its layout in the first two.
constexpr int frames_to_settle = 3;

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

  std::thread worker;
  std::mutex mutex;
  std::condition_variable wakes;
  bool is_awake = false;
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
  std::unique_lock lock(desktop.mutex);
  while (true) {
    desktop.wakes.wait(lock, [] { return desktop.is_awake || desktop.ends; });
    if (desktop.ends)
      return;
    desktop.is_awake = false;
    lock.unlock();
    while (desktop.program->work())
      redraw();
    lock.lock();
  }
}

void draw_frame() {
  std::vector<std::function<void()>> later;
  later.swap(desktop.later);
  for (const std::function<void()>& call : later)
    call();
  desktop.program->prepare();
  int width = 0, height = 0;
  glfwGetFramebufferSize(desktop.window, &width, &height);
  ImGui_ImplOpenGL3_NewFrame();
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
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
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

fs::path storage_folder() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != 0)
    return fs::path(config) / "ganlet";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != 0)
    return fs::path(home) / ".config" / "ganlet";
  return {};
}

/// A name in the current directory that isn't taken: picture.png, picture-2.png, ...
fs::path free_name(const std::string& name) {
  const fs::path wanted(name);
  std::error_code unknown;
  fs::path path = fs::current_path(unknown) / wanted;
  for (int number = 2; fs::exists(path, unknown); ++number)
    path.replace_filename(concat(wanted.stem().string(), "-", number, wanted.extension().string()));
  return path;
}

} // namespace

Result<void> run(const Window& window, const std::function<std::unique_ptr<Program>()>& start) {
  GANLET_CHECK(open_window(window));
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  install_callbacks(desktop.window);
  ImGui_ImplGlfw_InitForOpenGL(desktop.window, false);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  if (!display_restored())
    return fail(ErrorCode::unsupported, "window", "this driver can't compile the shaders that show pictures");
  desktop.program = start();
  desktop.worker = std::thread(work_until_the_end);
  loop();
  {
    const std::scoped_lock lock(desktop.mutex);
    desktop.ends = true;
  }
  desktop.wakes.notify_all();
  desktop.worker.join();
  desktop.program.reset();
  ImGui_ImplOpenGL3_Shutdown();
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

void wake() {
  {
    const std::scoped_lock lock(desktop.mutex);
    desktop.is_awake = true;
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
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

// GLFW doesn't tell; desktops that say so do it in these variables.
bool prefers_dark() {
  const char* theme = std::getenv("GTK_THEME");
  return theme == nullptr || std::string_view(theme).find("light") == std::string_view::npos;
}

bool prefers_less_motion() {
  const char* wish = std::getenv("GTK_ENABLE_ANIMATIONS");
  return wish != nullptr && std::string_view(wish) == "0";
}

int processors() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::int64_t memory() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096;
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

Result<std::string> save(const std::string& name, std::span<const std::byte> bytes) {
  const fs::path path = free_name(name);
  GANLET_CHECK(write_whole(path, bytes));
  return concat("Saved as ", path.string());
}

void read_picture(const std::string& path, std::function<void(Result<Image>)> done) {
  auto bytes = read_whole(path, Limits{}.file_bytes);
  done(bytes ? decode_image(*bytes, fs::path(path).filename().string())
             : Result<Image>(tl::unexpected(std::move(bytes).error())));
}

bool has_file_dialogue() {
  static const bool is_installed = FileDialogue::is_installed(); // asked for in every frame
  return is_installed;
}

void choose_file() {
  (void)desktop.dialogue.open();
}

std::string obstacle_to_copying() {
  static const std::string missing = program_to_copy_png();
  return missing.empty() ? "" : concat("Copying the picture takes ", missing, ", which isn't installed.");
}

Result<void> copy_picture(const Image& picture) {
  GANLET_TRY(const std::vector<std::byte> png, encode_png(picture));
  return copy_png(png);
}

std::optional<std::string> stored(const std::string& name) {
  auto bytes = read_whole(storage_folder() / name, std::int64_t{1} << 20);
  if (!bytes)
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

void store(const std::string& name, std::string_view text) {
  const fs::path folder = storage_folder();
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!folder.empty() && !failed)
    (void)write_whole(folder / name, std::as_bytes(std::span(text)));
}

void set_address(const std::string&) {}
std::string address() {
  return "studio.html";
}
void say(std::string_view) {}

void capture(std::function<void(const Image&)> done) {
  desktop.capture = std::move(done);
  redraw();
}

} // namespace ganlet::platform
