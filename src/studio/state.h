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

/// The studio's state: plain values, changed by plain functions that don't need a window.
namespace ganlet::studio {

inline constexpr int most_columns = 32;    ///< of a grid; also the most rows
inline constexpr int most_directions = 10; ///< sliders for principal directions
inline constexpr int most_keyframes = 24;
inline constexpr int most_frames = 1000;
inline constexpr int thousandths = 1000;   ///< the steps from one seed to the next on the plane
inline constexpr float amount_step = 0.1F; ///< of a direction's slider, in standard deviations

inline constexpr int most_layers = 64; ///< of a style-based model

enum class Upscaling : std::uint8_t { nearest, smooth, lanczos };
enum class ColorMap : std::uint8_t { plain, grey, inverted, ink };
/// Their names in links, in the same order.
inline constexpr std::array<std::string_view, 3> upscalings{"nearest", "smooth", "lanczos"};
inline constexpr std::array<std::string_view, 4> color_maps{"plain", "grey", "inverted", "ink"};

/// A position in latent space: a seed, moved over the plane of seeds, or numbers set by hand; and from there along
/// directions. Everything is stored as whole numbers, so that a link restores the same place bit for bit.
struct Place {
  std::uint64_t seed = 12;
  std::int32_t x = 0;              ///< thousandths of the way to seed + 1, seed + 2, ...
  std::int32_t y = 0;              ///< the same in the other direction, where seeds are `seeds_a_row` apart
  std::vector<std::int8_t> latent; ///< in units of `latent_step`; if not empty, it replaces seed, x and y
  std::array<std::int8_t, most_directions> amounts{}; ///< along each direction, in units of `amount_step`

  bool operator==(const Place&) const = default;
  /// True if the place is only a seed.
  bool is_plain() const { return x == 0 && y == 0 && latent.empty() && amounts == decltype(amounts){}; }
};

/// The fields that only style-based models have.
struct Style {
  std::optional<StyleMix> mix;
  std::optional<std::int64_t> cutoff; ///< how many layers are truncated, from the coarsest; empty: all
  Noise noise;
  bool operator==(const Style&) const = default;
};

/// A walk through keyframes.
struct Animation {
  std::vector<Place> keyframes;
  Interpolation interpolation = Interpolation::spherical;
  bool loop = true;
  bool reverse = false;
  int frames = 60;
  int milliseconds = 40; ///< the time for which a frame is shown

  bool operator==(const Animation&) const = default;
};

/// Everything that a link contains and that undo restores.
struct State {
  std::string model = "digits"; ///< an id, or the path of a folder or file
  Place place;
  std::string text = "2026";         ///< digits to write, if the model has classes with these names; empty for a grid
  bool vary = false;                 ///< each digit of the text in its own hand
  float jitter = 0;                  ///< how far the digits of one hand vary, in [0, 1]
  std::optional<std::int64_t> label; ///< the class of the whole grid; by default images cycle through the classes
  int columns = 1;
  int rows = 1;         ///< with text: the number of hands, one below the other
  float truncation = 1; ///< psi in [0, 1]
  Style style;
  std::optional<std::int64_t> trained; ///< draws with the generator kept nearest to this step of training
  Upscaling upscaling = Upscaling::lanczos;
  ColorMap colors = ColorMap::plain;
  Animation animation;

  bool operator==(const State&) const = default;
};

/// What people may want to know about a model.
struct ModelAbout {
  std::string title, summary, license, training_data;
  std::int64_t version = 1;
  std::int64_t bytes = 0; ///< of the file that draws
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0; ///< for one image
};

/// Principal directions, along which a latent or a style can be moved.
struct Directions {
  std::vector<float> values; ///< (count, size), row-major, each of length 1
  std::int64_t size = 0;     ///< the size of a latent, or of a style
  bool of_styles = false;
  std::vector<std::string> names;
  std::size_t count() const { return size > 0 ? values.size() / static_cast<std::size_t>(size) : 0; }
};

/// The mapping and synthesis networks of a style-based model.
struct StyleFacts {
  int layers = 0;         ///< 0 if the model has no such networks
  bool truncates = false; ///< whether it has a mean style
};

/// What the studio needs to know about a loaded model.
struct ModelFacts {
  std::string name; ///< the name by which it was loaded
  ModelAbout about;
  std::int64_t latent_size = 0;
  Distribution distribution = Distribution::normal;
  ImageSize image;
  std::vector<std::string> labels; ///< empty for models without classes
  bool writes_digits = false;      ///< whether it has a class for each digit 0 to 9
  Directions directions;
  StyleFacts style;
  bool has_encoder = false;
  std::vector<std::string> parts;     ///< names of the model's parts
  std::string folder;                 ///< or file, where it can be read
  std::vector<TrainingStep> training; ///< generators kept during training, and the final one; empty if none were kept
};

/// Adds keyframes of four consecutive seeds, from `seed` plus the number of existing keyframes on.
void add_four_seeds(Animation& animation, std::uint64_t seed);

/// Whether a model's name is an id of the catalogue; otherwise it is a path.
bool is_id(std::string_view name);

/// Sets each field to the nearest valid value, since links and files may contain anything.
void make_valid(State& state);

} // namespace ganlet::studio
