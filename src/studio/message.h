#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "image/image.h"
#include "studio/files.h"
#include "studio/request.h"
#include "studio/state.h"

/// What the interface and the worker send each other, so that no frame waits for a network: plain values there and
/// back.
namespace ganlet::studio {

/// Each use has a kind of its own, and of each kind there is at most one job: a newer one replaces the older. The kinds
/// are in order of urgency.
enum class JobKind : std::uint8_t {
  load,
  encoding,
  picture,
  compare,
  litter,
  kept, ///< a generator kept on the way of training
  direction,
  inside,
  thumbnail,
  beside, ///< another part's picture of the same
  measure,
  animation,
};
inline constexpr std::size_t job_kinds = static_cast<std::size_t>(JobKind::animation) + 1;

/// How a model is loaded; changing any of it loads it again.
struct Engine {
  std::string part = "generator";
  std::string backend = "xnn"; ///< or "reference"
  int threads = 1;

  bool operator==(const Engine&) const = default;
};

/// A loaded model, which is known by a number.
using ModelNumber = std::uint64_t;

/// Loads a folder or file that can be read under `path`; the facts' name becomes `name`.
struct LoadJob {
  using Answer = ModelFacts;
  ModelNumber model = 0;
  std::string path, name;
  Engine engine;
};

/// A picture as a latent, and what the model draws of that.
struct Encoded {
  std::vector<float> latent;
  Image seen;               ///< the picture as the encoder was given it
  std::vector<Image> drawn; ///< the latent by each class in turn, or once by models without classes
  std::size_t nearest = 0;  ///< which of those has the least squared difference from what was seen
};
struct EncodeJob {
  using Answer = Encoded;
  ModelNumber model = 0;
  Image picture;
};

struct Drawing {
  Image picture; ///< the grid
  std::int64_t images = 0;
  double milliseconds = 0; ///< of the network alone, for all images
};
struct DrawJob {
  using Answer = Drawing;
  ModelNumber model = 0;
  DrawRequest request;
};

/// Directions of the first layer, (count, latent size) row-major; none where it has none.
struct DirectionsJob {
  using Answer = std::vector<float>;
  ModelNumber model = 0;
  int most = 0;
};

/// A channel's values are multiplied; 0 silences it.
struct ChannelScale {
  std::size_t layer = 0;
  int channel = 0;
  float factor = 0;
  bool operator==(const ChannelScale&) const = default;
};

/// One layer of a run for one image.
struct Layer {
  std::string name; ///< the operation and the node it came from
  int width = 1, height = 1, channels = 1;
  float low = 0, high = 0, mean = 0;
  float zeros = 0; ///< share of values that are 0, in [0, 1]
  double milliseconds = 0;
};

struct Inspection {
  std::vector<Layer> layers; ///< those that compute numbers of an image or a vector, in their order
  Image tiles;               ///< the channels of the layer that was asked for, dark for its lowest value
  int tile_width = 1, tile_height = 1, tile_columns = 1;
  Image picture; ///< what the network draws with the channels changed
};
struct InspectJob {
  using Answer = Inspection;
  ModelNumber model = 0;
  std::vector<float> latent;
  std::int64_t label = 0;
  std::vector<ChannelScale> scales;
  std::size_t tiles_of = 0;
  bool operator==(const InspectJob&) const = default;
};

/// Draws the request with another part of the model too.
struct BesideJob {
  struct Answer {
    Image picture; ///< the other part's
    Difference difference;
  };
  ModelNumber model = 0;
  Engine other;
  DrawRequest request;
};

/// Draws all frames of a state's animation and encodes them; answers after each frame.
struct AnimateJob {
  struct Answer {
    int done = 0, all = 0;           ///< frames
    std::optional<PictureFile> file; ///< of the last answer
  };
  ModelNumber model = 0;
  State state;
  ModelFacts facts; ///< with the directions that were found since the model was loaded
  FileKind kind = FileKind::gif;
  int enlarge = 8; ///< pixels a texel becomes
};

using Job = std::variant<LoadJob, EncodeJob, DrawJob, DirectionsJob, InspectJob, BesideJob, AnimateJob>;
/// The answers to these, in the same order.
using JobAnswer = std::variant<Result<LoadJob::Answer>, Result<EncodeJob::Answer>, Result<DrawJob::Answer>,
                               Result<DirectionsJob::Answer>, Result<InspectJob::Answer>, Result<BesideJob::Answer>,
                               Result<AnimateJob::Answer>>;

/// Counts the models that the interface has used, one after the other: a question and its answer belong to one of them.
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
/// Nobody draws with the model any more.
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
/// Nothing unless the bytes are exactly one message.
std::optional<Question> question_of(std::span<const std::byte> bytes);
std::optional<Reply> reply_of(std::span<const std::byte> bytes);

} // namespace ganlet::studio
