#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "generator/model_folder.h"
#include "generator/roles.h"
#include "generator/walk.h"

/// The studio's state: plain values, changed by plain functions, none of which needs a window.
namespace ganlet::studio {

inline constexpr int most_columns = 32;    ///< of a grid, and rows of one
inline constexpr int most_text = 24;       ///< digits
inline constexpr int most_directions = 10; ///< sliders over principal directions
inline constexpr int most_keyframes = 24;
inline constexpr int most_frames = 1000;
inline constexpr int thousandths = 1000;    ///< of the way from one seed to the next on the plane
inline constexpr float latent_step = 0.04F; ///< of a latent that was set by hand: one byte a number holds -5.12 to 5.08
inline constexpr float amount_step = 0.1F;  ///< of a direction's slider, in standard deviations

inline constexpr int most_layers = 64; ///< of a style-based model

enum class Upscaling : std::uint8_t { nearest, smooth, lanczos };
enum class ColorMap : std::uint8_t { plain, grey, inverted, ink };
/// Their names in links, in the same order.
inline constexpr std::array<std::string_view, 3> upscalings{"nearest", "smooth", "lanczos"};
inline constexpr std::array<std::string_view, 4> color_maps{"plain", "grey", "inverted", "ink"};

/// Where in the latent space: a seed, moved over the plane of seeds, or numbers set by hand; from there along
/// directions. All of it is whole numbers, so that a link gives back the same place bit for bit.
struct Place {
  std::uint64_t seed = 12;
  std::int32_t x = 0;              ///< thousandths of the way to seed + 1, seed + 2, ...
  std::int32_t y = 0;              ///< the same for seeds a row (`seeds_a_row`) further
  std::vector<std::int8_t> latent; ///< in `latent_step`s; where it isn't empty it stands for the seed, x and y
  std::array<std::int8_t, most_directions> amounts{}; ///< along each direction, in `amount_step`s

  bool operator==(const Place&) const = default;
  /// Nothing but a seed.
  bool is_plain() const { return x == 0 && y == 0 && latent.empty() && amounts == decltype(amounts){}; }
};

/// What a style-based model can be asked for besides.
struct Style {
  std::optional<StyleMix> mix;
  std::optional<std::int64_t> cutoff; ///< layers that are truncated, from the coarsest; none: all
  Noise noise;
  bool operator==(const Style&) const = default;
};

/// A walk from keyframe to keyframe.
struct Animation {
  std::vector<Place> keyframes;
  Interpolation interpolation = Interpolation::spherical;
  bool loop = true;
  bool reverse = false;
  int frames = 60;
  int milliseconds = 40; ///< a frame is shown for

  bool operator==(const Animation&) const = default;
};

/// Everything that a link holds and that undo takes back.
struct State {
  std::string model = "digits"; ///< an id, or the path of a folder or file
  Place place;
  std::string text = "2026";         ///< digits to write, where the model has classes of these names; empty for a grid
  bool vary = false;                 ///< each digit of the text in a hand of its own
  std::optional<std::int64_t> label; ///< the class of the whole grid; by default images take turns
  int columns = 1;
  int rows = 1;         ///< with text: hands, one below the other
  int truncation = 100; ///< per cent of psi
  Style style;
  std::optional<std::int64_t> trained; ///< drawn as the model drew after so many steps of training; none: at the end
  Upscaling upscaling = Upscaling::lanczos;
  ColorMap colors = ColorMap::plain;
  Animation animation;

  bool operator==(const State&) const = default;
};

/// What people may want to know about a model.
struct ModelAbout {
  std::string title, summary, license, training_data;
  std::int64_t bytes = 0; ///< of the file that draws
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0; ///< of one image
};

/// Principal directions, along which a latent or a style can be moved.
struct Directions {
  std::vector<float> values; ///< (count, size), row-major, each of length 1
  std::int64_t size = 0;     ///< that of latents, or of styles
  bool of_styles = false;
  std::vector<std::string> names;
  std::size_t count() const { return size > 0 ? values.size() / static_cast<std::size_t>(size) : 0; }
};

/// The mapping and synthesis networks of a style-based model.
struct StyleFacts {
  int layers = 0;         ///< 0 where there are no such networks
  bool truncates = false; ///< has a mean style
};

/// What the studio needs to know about a loaded model.
struct ModelFacts {
  std::string name; ///< what it was loaded by
  ModelAbout about;
  std::int64_t latent_size = 0;
  Distribution distribution = Distribution::normal;
  ImageSize image;
  std::vector<std::string> labels; ///< empty for models without classes
  bool writes_digits = false;      ///< has a class for each digit 0 to 9
  Directions directions;
  StyleFacts style;
  bool has_encoder = false;
  std::vector<std::string> parts;     ///< names of the model's parts
  std::string folder;                 ///< or file, where it can be read
  std::vector<TrainingStep> training; ///< generators kept on the way, and the last; none if none were kept
};

/// Adds keyframes of four seeds that follow each other, from `seed` on, or behind as many as there are keyframes.
void add_four_seeds(Animation& animation, std::uint64_t seed);

/// Whether a model's name is an id of the catalogue, rather than a path.
bool is_id(std::string_view name);

/// Sets each field to the nearest value that is allowed: links and files may hold anything.
void make_valid(State& state);

} // namespace ganlet::studio
