#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "backends/backends.h"
#include "image/image.h"
#include "image/png_writer.h"
#include "studio/files.h"
#include "studio/request.h"
#include "studio/state.h"

/// The messages between the interface and the worker, so that no frame waits for a network: plain values in both
/// directions.
namespace ganlet::studio {

/// Each use of the worker is a kind of its own. There is at most one job of each kind: a newer one replaces the older.
/// The kinds are in order of urgency.
enum class JobKind : std::uint8_t {
  load,
  encoding,
  picture,
  compare,
  file, ///< the picture on the screen, drawn again to be saved
  litter,
  kept, ///< a generator kept during training
  direction,
  inside,
  thumbnail,
  beside, ///< the same picture by another part
  measure,
  animation,
};
inline constexpr std::size_t job_kinds = static_cast<std::size_t>(JobKind::animation) + 1;

/// How a model is loaded; changing any of these loads it again. With "gl", pictures that are only shown are drawn on
/// the window's GPU, all others by xnn; with "auto" that is so for animations and large grids while they change, if the
/// GPU is faster. The device is always the window's.
struct Engine : EngineChoice {
  std::string part = "generator";

  bool operator==(const Engine&) const = default;
};

/// Identifies a loaded model.
using ModelNumber = std::uint64_t;

/// Loads a folder or file that can be read at `path`; `ModelFacts::name` becomes `name`.
struct LoadJob {
  using Answer = ModelFacts;
  ModelNumber model = 0;
  std::string path, name;
  Engine engine;
};

/// The latent of a picture, and what the model draws from it.
struct Encoded {
  std::vector<float> latent;
  Image seen;               ///< the picture as the encoder got it
  std::vector<Image> drawn; ///< the latent drawn in each class, or once by models without classes
  std::size_t nearest = 0;  ///< the index of the one with the least squared difference from `seen`
};
struct EncodeJob {
  using Answer = Encoded;
  ModelNumber model = 0;
  Image picture;
};

struct Drawing {
  Image picture; ///< the grid; without its pixels if they are in a texture
  std::uint32_t texture = 0;
  std::string gpu_problem; ///< why the GPU didn't draw, although it was to
  std::int64_t images = 0;
  double milliseconds = 0; ///< the network's time for all images
};
struct DrawJob {
  using Answer = Drawing;
  ModelNumber model = 0;
  DrawRequest request;
  bool on_gpu = false; ///< the picture is only shown, and may stay on the window's GPU
};

/// Directions of the first layer, (count, latent size) row-major; none if it has none.
struct DirectionsJob {
  using Answer = std::vector<float>;
  ModelNumber model = 0;
  int most = 0;
};

/// Multiplies a channel's values by a factor; 0 silences it.
struct ChannelScale {
  std::size_t layer = 0;
  int channel = 0;
  float factor = 0;
  bool operator==(const ChannelScale&) const = default;
};

/// One layer in a run for one image.
struct Layer {
  std::string name; ///< the operation and the node it came from
  int width = 1, height = 1, channels = 1;
  float low = 0, high = 0, mean = 0;
  float zeros = 0; ///< the share of values that are 0, in [0, 1]
  double milliseconds = 0;
};

struct Inspection {
  std::vector<Layer> layers; ///< in order; those that compute numbers of an image or a vector
  Image tiles;               ///< the channels of the requested layer; the lowest value is dark
  int tile_width = 1, tile_height = 1, tile_columns = 1;
  Image picture; ///< what the network draws with the changed channels
};
struct InspectJob {
  using Answer = Inspection;
  ModelNumber model = 0;
  DrawRequest request; ///< of one image
  std::vector<ChannelScale> scales;
  std::size_t tiles_of = 0;
  bool operator==(const InspectJob&) const = default;
};

/// Draws the request with another part of the model as well.
struct BesideJob {
  struct Answer {
    Image picture; ///< the other part's
    Difference difference;
  };
  ModelNumber model = 0;
  Engine other;
  DrawRequest request;
};

/// Draws all frames of a state's animation and encodes them; there is an answer after each frame.
struct AnimateJob {
  struct Answer {
    int done = 0, all = 0;           ///< frames
    std::optional<PictureFile> file; ///< only in the last answer
  };
  ModelNumber model = 0;
  State state;
  ModelFacts facts; ///< including directions found since the model was loaded
  FileKind kind = FileKind::gif;
  int enlarge = 8;     ///< the size of a picture's pixel in the file's pixels
  PictureTexts origin; ///< of the pictures, to be written into the file
};

using Job = std::variant<LoadJob, EncodeJob, DrawJob, DirectionsJob, InspectJob, BesideJob, AnimateJob>;
/// Their answers, in the same order.
using JobAnswer = std::variant<Result<LoadJob::Answer>, Result<EncodeJob::Answer>, Result<DrawJob::Answer>,
                               Result<DirectionsJob::Answer>, Result<InspectJob::Answer>, Result<BesideJob::Answer>,
                               Result<AnimateJob::Answer>>;

/// Counts the models that the interface has used; each question and its answer belong to one of them.
using Generation = std::uint64_t;

struct Ask {
  JobKind kind{};
  std::uint64_t task = 0; ///< tells answers of one kind apart
  Generation generation = 0;
  Job job;
};
struct Cancel {
  JobKind kind{};
};
/// The model isn't used any more.
struct Forget {
  ModelNumber model = 0;
};
using Question = std::variant<Ask, Cancel, Forget>;

struct Reply {
  JobKind kind{};
  std::uint64_t task = 0;
  Generation generation = 0;
  bool is_last = false; ///< of this task
  JobAnswer answer;
};

std::vector<std::byte> to_bytes(const Question& question);
std::vector<std::byte> to_bytes(const Reply& reply);
/// Empty unless the bytes are exactly one message.
std::optional<Question> question_of(std::span<const std::byte> bytes);
std::optional<Reply> reply_of(std::span<const std::byte> bytes);

} // namespace ganlet::studio
