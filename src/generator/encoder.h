#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "generator/preparation.h"
#include "graph/backend.h"

namespace ganlet {

/// The counterpart of a generator: from pictures to latents. Not thread-safe.
class Encoder {
 public:
  /// Compiles an encoder: a graph with one float input of rank 4, (N,C,H,W) or (N,H,W,C), whose first output is the
  /// latent, (N,Z) or (N,Z,1,1). Errors: those of compiling; invalid_argument if the graph isn't an encoder.
  static Result<Encoder> make(Graph graph, ValueRange range, Preparation preparation, const Backend& backend,
                              const CompileOptions& options);
  Encoder(Encoder&&) = default;
  Encoder& operator=(Encoder&&) = delete; // a run would outlive its program

  std::int64_t latent_size() const { return latent_size_; }
  const ImageSize& image_size() const { return size_; }
  Program& program() { return *program_; }

  /// A picture of any size and colour, in the form in which the network gets it. Errors: those of `prepare`.
  Result<Image> prepared(const Image& picture) const;
  /// The latent, of length `latent_size()`, of a picture of any size and colour. Errors: those of `prepare` and
  /// Program::run.
  Result<std::vector<float>> encode(const Image& picture);

  /// The same in steps, for pages, which may not block. Errors: those of `prepare` and Program::start.
  Result<void> start(const Image& picture);
  /// The latent once it is there; nothing while a backend that answers later computes. Errors: those of Run::poll.
  Result<std::optional<std::vector<float>>> poll() { return advance(false); }

 private:
  Encoder() = default;
  Result<std::optional<std::vector<float>>> advance(bool may_block);

  std::unique_ptr<Program> program_;
  std::optional<Run> run_;         ///< behind the program, which outlives it
  std::unique_ptr<Budget> budget_; ///< of the run, which keeps its address
  std::optional<Tensor> input_;    ///< the picture as the network gets it
  ImageSize size_;
  bool is_channels_first_ = true; ///< in the file
  std::int64_t rows_ = 1;         ///< images per run, if the file fixes them
  std::int64_t latent_size_ = 0;
  ValueRange range_;
  Preparation preparation_ = Preparation::square;
};

} // namespace ganlet
