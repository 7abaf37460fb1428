#pragma once

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

/// What differs between a desktop and a page. desktop.cpp or web.cpp is linked.
namespace ganlet::platform {

/// The program, as the platform sees it. All is called on one thread, which draws.
class Program {
 public:
  virtual ~Program() = default;
  /// Called before each frame: the place to change fonts (then `fonts_changed`) and the style.
  virtual void prepare() = 0;
  /// Lays out one frame with Dear ImGui, whose unit is a pixel of the screen.
  virtual void frame() = 0;
  /// What the background sent; called before a frame.
  virtual void received(std::span<const std::byte> message) = 0;
  /// A file or folder was dropped or chosen; it can be read under this path.
  virtual void opened(const std::string& path) = 0;
  /// The page's controls for people who don't see the picture: "generate", "save", "undo", or a setting such as
  /// "seed=5".
  virtual void command(const std::string& name) = 0;
};

/// What works while the program draws: on a thread of its own on the desktop, in a worker of the page on the web. The
/// two share nothing but messages, which keep their order.
class Background {
 public:
  virtual ~Background() = default;
  /// What the program sent.
  virtual void receive(std::span<const std::byte> message) = 0;
  /// A slice of a few milliseconds, between which messages are received; false where there is nothing to do.
  virtual bool work() = 0;
};
using Send = std::function<void(std::vector<std::byte>)>;

/// Makes the program's background; `send` takes messages to `Program::received`. A program defines it once, linked
/// where the background runs.
std::unique_ptr<Background> make_background(Send send);

struct Window {
  std::string title;
  int width = 1280; ///< in the interface's units; a page has its own size
  int height = 800;
  float scale = 0;    ///< pixels a unit, in place of the display's; 0 for the display's
  std::string models; ///< a directory to fetch "models/..." from first; empty for none
};

/// Opens the window and calls `start`, which makes the program; then draws whenever something happens, until the window
/// is closed. On the web it returns at once and the page goes on. Errors: unsupported, in words for the user.
Result<void> run(const Window& window, const std::function<std::unique_ptr<Program>()>& start);

/// Asks for another frame. Any thread may.
void redraw();
/// Frames follow each other at the display's rate while this is true.
void animate(bool on);
/// Sends a message to the background.
void send(std::vector<std::byte> message);
void quit(int status);

double seconds();
/// Pixels that a unit of the interface takes: 1 on an ordinary display, 2 or 3 on fine ones.
float scale();
/// The fonts of ImGui's atlas are others than in the frame before.
void fonts_changed();
bool prefers_dark();
bool prefers_less_motion();
int processors();
/// Bytes that the program holds.
std::int64_t memory();
/// What the display's renderer calls itself.
std::string renderer();

/// Makes a file of the site or installation readable: `done` is called, on the drawing thread, with its path.
/// `progress` gets bytes, (done, all), all being 0 where that isn't known. Errors: not_found, io.
using Progress = std::function<void(std::int64_t, std::int64_t)>;
void fetch(const std::string& path, Progress progress, std::function<void(Result<std::string>)> done);

/// The pixels of a file that was opened, of any format that the system decodes: `done` is called on the drawing thread.
/// Large ones may come smaller than they are. Errors: those of decoding, unsupported.
void read_picture(const std::string& path, std::function<void(Result<Image>)> done);

/// Gives the user a file. The text says where it went. Errors: io.
Result<std::string> save(const std::string& name, std::span<const std::byte> bytes);
/// True where `choose_file` opens a dialogue; elsewhere users drop files or type paths.
bool has_file_dialogue();
void choose_file();
/// Why pictures can't be copied here, in words; empty where they can.
std::string obstacle_to_copying();
/// Puts a picture on the clipboard. Errors: io.
Result<void> copy_picture(const Image& picture);

/// What a user's storage has under a name, and putting it there. Failing to is not an error: the next session starts
/// afresh.
std::optional<std::string> stored(const std::string& name);
void store(const std::string& name, std::string_view text);

/// Shows a state's link where people can copy it: a page's address. Doesn't load anything.
void set_address(const std::string& fragment);
/// What stands before a fragment to make a link of it.
std::string address();
/// Says to people who don't see the picture what it shows.
void say(std::string_view text);

/// The picture on the screen once this frame is drawn. Nothing where frames can't be read back.
void capture(std::function<void(const Image&)> done);

} // namespace ganlet::platform
