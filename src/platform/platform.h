#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "image/image.h"

/// The interface between the program and its platform, a desktop or a page; either desktop.cpp or web.cpp is linked.
/// The platform passes a `Host` to the program and calls its `Program`. Nothing here is global.
namespace ganlet::platform {

/// Identifies a request of the program; the answer carries the same number.
using Ticket = int;

/// A rectangle in pixels of the screen.
struct Area {
  float left = 0, top = 0, right = 0, bottom = 0;
};

/// The program as the platform sees it. All calls are made on the drawing thread.
class Program {
 public:
  virtual ~Program() = default;
  /// Called before each frame: the place to change fonts (then call `Window::fonts_changed`) and the style.
  virtual void prepare() = 0;
  /// Lays out one frame with Dear ImGui, whose unit is a pixel of the screen.
  virtual void frame() = 0;
  /// A message from the background; called before a frame.
  virtual void received(std::span<const std::byte> message) = 0;
  /// The answer to `Files::fetch`: the path under which the file can be read. Errors: not_found, io.
  virtual void fetched(Ticket ticket, Result<std::string> path) = 0;
  /// How many bytes of a file have arrived; `all` is 0 if the size isn't known.
  virtual void progressed(Ticket ticket, std::int64_t done, std::int64_t all) = 0;
  /// The answer to `Files::read_picture`. Errors: those of decoding, unsupported.
  virtual void decoded(Ticket ticket, Result<Image> picture) = 0;
  /// The answer to `Window::capture`: the pixels of the frame.
  virtual void captured(const Image& screen) = 0;
  /// A file or folder was dropped or chosen; it can be read at this path.
  virtual void opened(const std::string& path) = 0;
  /// What was dropped or chosen can't be opened, for this reason.
  virtual void refused(const std::string& problem) = 0;
  /// A command from the page's controls for people who can't see the picture: "generate", "save", "undo", or a setting
  /// such as "seed=5".
  virtual void command(const std::string& name) = 0;
  /// The position of the control with this label in the last frame; empty if there was none.
  virtual std::optional<Area> place_of(std::string_view label) const = 0;
};

/// The window or canvas, and its frames.
class Window {
 public:
  virtual ~Window() = default;
  /// Requests another frame. Any thread may call this.
  virtual void redraw() = 0;
  /// While on, frames follow each other at the display's rate.
  virtual void animate(bool on) = 0;
  /// Ends the program; in a page, does nothing.
  virtual void quit(int status) = 0;
  /// The time since some fixed moment.
  virtual double seconds() const = 0;
  /// Pixels per unit of the interface: 1 on an ordinary display, 2 or 3 on fine ones.
  virtual float scale() const = 0;
  /// To be called when the fonts of ImGui's atlas have changed.
  virtual void fonts_changed() = 0;
  /// Passes the pixels of the next frame to `Program::captured`.
  virtual void capture() = 0;
  /// The name of the display's renderer, as the driver reports it.
  virtual std::string renderer() const = 0;
};

/// Files that the program reads, and files that it gives to the user.
class Files {
 public:
  virtual ~Files() = default;
  /// Makes a file of the site or installation readable; the answer goes to `Program::fetched`.
  virtual void fetch(Ticket ticket, const std::string& path) = 0;
  /// Decodes a file that was opened, in any format that the system knows; the answer goes to `Program::decoded`. Large
  /// pictures may be scaled down.
  virtual void read_picture(Ticket ticket, const std::string& path) = 0;
  /// Gives the user a file. The text says where it is. Errors: io.
  virtual Result<std::string> save(const std::string& name, std::span<const std::byte> bytes) = 0;
  /// Whether `choose` opens a dialogue; if not, users drop files or type paths.
  virtual bool has_dialogue() const = 0;
  virtual void choose() = 0;
  /// Whether `make_page` works here; elsewhere `ganlet export-page` does the same.
  virtual bool makes_pages() const { return false; }
  /// Gives the user one HTML file with a <ganlet-image> of these attributes, engine and model in it. `attributes` are
  /// `model` and others as in a link, name=value&...; what goes wrong is said by the page.
  virtual void make_page(const std::string& attributes) { (void)attributes; }
};

/// The clipboard for pictures; text goes through Dear ImGui.
class Clipboard {
 public:
  virtual ~Clipboard() = default;
  /// Why pictures can't be copied here, in words; empty if they can.
  virtual std::string obstacle() const = 0;
  /// Errors: io.
  virtual Result<void> copy(const Image& picture) = 0;
};

/// Persistent storage for the user, by name. A failure to write isn't an error; the next session starts afresh.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::optional<std::string> get(const std::string& name) const = 0;
  virtual void put(const std::string& name, std::string_view text) = 0;
};

/// The machine and its user's preferences.
class System {
 public:
  virtual ~System() = default;
  virtual bool prefers_dark() const = 0;
  virtual bool prefers_less_motion() const = 0;
  virtual int processors() const = 0;
  /// Bytes that the program uses.
  virtual std::int64_t memory() const = 0;
  /// Puts a link to a state where people can copy it: into a page's address bar. Doesn't load anything.
  virtual void set_address(const std::string& fragment) = 0;
  /// The text before a fragment that turns it into a link.
  virtual std::string address() const = 0;
  /// Announces the picture's content to people who can't see it.
  virtual void say(std::string_view text) = 0;
};

using Send = std::function<void(std::vector<std::byte>)>;

/// Everything that the program may ask of the platform. Outlives the program.
struct Host {
  Window& window;
  Files& files;
  Clipboard& clipboard;
  Store& store;
  System& system;
  Send send; ///< sends a message to the background
};

/// Works while the program draws: on its own thread on the desktop, in a worker in a page. It shares nothing with the
/// program; messages between them keep their order.
class Background {
 public:
  virtual ~Background() = default;
  /// A message from the program.
  virtual void receive(std::span<const std::byte> message) = 0;
  /// Works for a few milliseconds; messages are received between calls. False if there is nothing to do.
  virtual bool work() = 0;
};

/// Passes a message of the program on to a background that supports more than this one, and whose messages go to the
/// program as well. If there is none, the program gets `otherwise`, unless that is empty.
using SendOn = std::function<void(std::span<const std::byte> message, std::span<const std::byte> otherwise)>;

/// Creates the program's background. `send` passes messages to `Program::received`; work in progress ends early once
/// `stop` is set (null: never); `send_on` is empty where there is only one background. Each program defines this
/// function once, and it is linked where the background runs.
std::unique_ptr<Background> make_background(Send send, const std::atomic<bool>* stop, SendOn send_on);

struct WindowOptions {
  std::string title;
  int width = 1280; ///< in the interface's units; a page has its own size
  int height = 800;
  float scale = 0;    ///< pixels per unit; 0: the display's own scale
  std::string models; ///< a directory in which "models/..." is looked up first; empty for none
};
using Start = std::function<std::unique_ptr<Program>(Host&)>;

/// Opens the window and creates the program with `start`; then draws after each event until the window is closed. On
/// the web it returns at once and the page continues. Errors: unsupported, in words for the user.
Result<void> run(const WindowOptions& options, const Start& start);

} // namespace ganlet::platform
