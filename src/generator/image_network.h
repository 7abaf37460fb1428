#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "generator/draw_request.h"
#include "generator/generator_inputs.h"
#include "generator/roles.h"
#include "graph/backend.h"

namespace ganlet {

/// Facts about the images that a network draws, and about its inputs.
struct ImageFacts {
  std::int64_t latent_size = 0; ///< Z
  std::int64_t label_count = 0; ///< 0 for unconditional models
  ImageSize image;
  ValueRange range;                        ///< the network values that become brightness 0 and 255
  std::optional<std::int64_t> fixed_batch; ///< if the file fixes the number of images per run
  std::int64_t style_layers = 0;           ///< L; 0 for models that aren't style-based
  std::int64_t style_size = 0;             ///< W
  std::int64_t measured_pictures = 0;      ///< over which the range was measured; 0 if the file or model.json tells it
};

/// A range that was measured over pictures (range_measure.h).
struct MeasuredRange {
  ValueRange range;
  std::int64_t pictures = 0;
};

/// Some images of a request, resolved to the numbers that a network gets.
struct ImageBatch {
  std::int64_t count = 0;
  std::vector<float> latents;       ///< (count, Z)
  std::vector<std::int64_t> labels; ///< (count), or empty for models without classes
  std::vector<std::uint64_t> seeds; ///< (count): the seed of each image, for noise
  std::vector<float> style_shifts;  ///< (count, W), or empty
};

/// Draws batches of images from latents. Not thread-safe.
class ImageNetwork {
 public:
  virtual ~ImageNetwork() = default;

  const ImageFacts& facts() const { return facts_; }
  /// Whether the range of its values is still to be measured (range_measure.h).
  bool lacks_range() const { return lacks_range_; }
  void set_range(const MeasuredRange& measured) {
    facts_.range = measured.range;
    facts_.measured_pictures = measured.pictures;
    lacks_range_ = false;
  }
  /// Checks what only the network can know about a request, apart from labels: the fields of style-based models.
  /// Errors: invalid_argument.
  virtual Result<void> check(const DrawRequest& request) const = 0;
  /// Starts drawing; ends what is still being drawn. The budget must stay valid until `advance` says that it is done,
  /// or until `stop`. Errors: those of Program::start.
  virtual Result<void> start(const DrawRequest& request, const ImageBatch& batch, Budget& budget) = 0;
  /// Whether the images are ready. With `may_block` it returns when they are, which needs a build that may wait, or a
  /// backend that doesn't answer later. Errors: those of Run::poll and Run::finish.
  virtual Result<bool> advance(bool may_block) = 0;
  /// The images that are ready, (count, H, W, C), valid until the next start; empty if they are on a device.
  std::span<const float> images() const { return images_; }
  /// The output that they are in, if `keep_on_device` was called and the backend has a device; else null.
  DeviceMemory* on_device() const { return on_device_; }
  /// From the next start on images stay where the backend computes them.
  void keep_on_device() { places_.assign(program().graph().outputs.size(), Place::device); }
  /// Whether the output is (N,H,W,C), else (N,C,H,W).
  virtual bool is_channels_last() const = 0;
  /// Ends what is being drawn.
  virtual void stop() = 0;
  /// The network whose output is the image.
  virtual Program& program() = 0;

 protected:
  /// Takes the range if it is known; maps of classes need none. Errors: `needs_rare_parts` if it has to be measured.
  Result<void> take_range(const std::optional<ValueRange>& range);
  /// Takes the images of a run that is done; `scratch` is for those that are turned.
  void take(const Buffer& output, std::int64_t count, std::vector<float>& scratch);

  ImageFacts facts_;
  bool lacks_range_ = false;
  std::span<const float> images_;
  DeviceMemory* on_device_ = nullptr;
  std::vector<Place> places_; ///< of the outputs of `program`
};

/// A whole generator: from latents and labels to images.
class GeneratorNetwork final : public ImageNetwork {
 public:
  /// Errors: those of compiling; invalid_argument if the roles of inputs and outputs aren't clear (`find_roles`).
  static Result<std::unique_ptr<GeneratorNetwork>> make(Graph graph, const ModelDescription& description,
                                                        const Backend& backend, const CompileOptions& options);

  Result<void> check(const DrawRequest& request) const override;
  Result<void> start(const DrawRequest& request, const ImageBatch& batch, Budget& budget) override;
  Result<bool> advance(bool may_block) override;
  void stop() override { run_.reset(); }
  Program& program() override { return *program_; }
  bool is_channels_last() const override { return roles_.image_is_channels_last; }
  const Roles& roles() const { return roles_; }

 private:
  std::unique_ptr<Program> program_;
  std::optional<Run> run_; ///< behind the program, which outlives it
  Roles roles_;
  Limits limits_;
  std::int64_t count_ = 0; ///< of the images that are being drawn
  GeneratorInputs inputs_;
  std::vector<float> values_; ///< images converted to (H,W,C), if the network gives (C,H,W)
};

/// A style-based generator as two networks (Karras et al.: A Style-Based Generator Architecture for Generative
/// Adversarial Networks, 2019, section 2). The mapping network turns a latent z into a style w; the synthesis network
/// takes a style for each of its layers, and noise. Styles can be mixed between layers (section 3.1) and truncated
/// towards the mean style (appendix B).
class StyleNetwork final : public ImageNetwork {
 public:
  /// `mapping` takes z float32 (N, Z) and gives w (N, W); `synthesis` takes w float32 (N, L, W) and noise float32 (N,
  /// P), and gives an image of rank 4. Errors: invalid_argument if they don't, or if they don't fit each other.
  static Result<std::unique_ptr<StyleNetwork>> make(std::unique_ptr<Program> mapping,
                                                    std::unique_ptr<Program> synthesis,
                                                    const ModelDescription& description, const Limits& limits);
  /// Sets the mean style, (W). Without one there is no truncation. Errors: invalid_argument for another length.
  Result<void> set_mean_style(std::vector<float> mean_style);
  /// Sets the noise of the training, (P), which `fixed` means; without it, `fixed` is the noise of seed 0. Errors:
  /// invalid_argument for another length.
  Result<void> set_noise(std::vector<float> noise);

  Result<void> check(const DrawRequest& request) const override;
  Result<void> start(const DrawRequest& request, const ImageBatch& batch, Budget& budget) override;
  Result<bool> advance(bool may_block) override;
  void stop() override { run_.reset(); }
  Program& program() override { return *synthesis_; }
  bool is_channels_last() const override { return is_channels_last_; }

 private:
  /// What is being run: the mapping of the images' latents, that of the latent which they are mixed with, or synthesis.
  enum class Stage : std::uint8_t { mapping, mixing, synthesis };

  /// What a request says of styles.
  struct Styling {
    float truncation = 1;
    std::optional<std::int64_t> cutoff;
    std::optional<StyleMix> mix;
    Noise noise;
  };

  Result<void> start_mapping(Stage stage, std::vector<float> latents, std::int64_t rows);
  Result<void> start_synthesis();
  void make_styles();
  void fill_noise();

  std::unique_ptr<Program> mapping_, synthesis_;
  std::optional<Run> run_; ///< behind the programs, which outlive it
  std::vector<float> mean_style_, fixed_noise_;
  Limits limits_;
  std::size_t style_input_ = 0; ///< the input of synthesis that is w; the other one is noise
  std::int64_t noise_size_ = 0; ///< P
  bool is_channels_last_ = false;
  Distribution distribution_ = Distribution::normal;

  Stage stage_ = Stage::mapping;
  Styling styling_;
  ImageBatch batch_;
  Budget* budget_ = nullptr;
  std::vector<float> latents_;     ///< as passed to the mapping network
  std::vector<float> own_, mixed_; ///< styles: (count, W), and (W) or nothing
  std::vector<float> styles_;      ///< (count, L, W), as passed to the synthesis network
  std::vector<float> noise_;       ///< (count, P)
  std::vector<float> values_;
};

} // namespace ganlet
