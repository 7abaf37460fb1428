#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/text.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "studio/app.h"
#include "studio/latent_file.h"

namespace ganlet::studio {

namespace {

enum class FileSort { model, latent, picture };

/// By the file's name: all else is opened as a model, whose reader says best what it isn't.
FileSort sort_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".npy" || (extension == ".json" && path.filename() != "model.json"))
    return FileSort::latent;
  const bool is_picture =
      extension == ".png" || extension == ".jpg" || extension == ".jpeg" || extension == ".webp" || extension == ".gif";
  return is_picture ? FileSort::picture : FileSort::model;
}

} // namespace

void App::opened(const std::string& path) {
  switch (has_model ? sort_of(path) : FileSort::model) {
  case FileSort::latent:
    load_latent(path);
    return;
  case FileSort::picture:
    platform::read_picture(path, [this](Result<Image> image) {
      if (!image) {
        say_problem(image.error().text());
        return;
      }
      encode(std::move(*image), true);
      if (facts.has_encoder)
        panel = "Encode";
    });
    return;
  case FileSort::model:
    engine.part = "generator";
    load(path);
  }
}

void App::load_latent(const std::string& path) {
  auto bytes = read_whole(path, Limits{}.file_bytes);
  const auto latent = bytes ? read_latent(*bytes, facts.latent_size, std::filesystem::path(path).filename().string())
                            : Result<std::vector<float>>(tl::unexpected(std::move(bytes).error()));
  if (!latent) {
    say_problem(latent.error().text());
    return;
  }
  State next = state();
  next.place = {.seed = next.place.seed, .latent = to_steps(*latent)};
  change(std::move(next));
}

void App::report(const Result<std::string>& outcome) {
  if (outcome)
    say_done(*outcome);
  else
    say_problem(outcome.error().text());
}

void App::save_picture() {
  if (!picture.texture)
    return;
  auto file = encode_png(shown_picture());
  report(file ? platform::save("picture.png", *file) : Result<std::string>(tl::unexpected(std::move(file).error())));
}

void App::copy_picture() {
  if (!picture.texture)
    return;
  Result<void> copied = platform::copy_picture(shown_picture());
  report(copied ? Result<std::string>("Copied") : Result<std::string>(tl::unexpected(std::move(copied).error())));
}

Image App::shown_picture() const {
  return enlarged(with_colors(picture.texture.image(), state().colors), enlarge);
}

void App::save_latent(bool as_json) {
  const LatentFormat format = as_json ? LatentFormat::json : LatentFormat::npy;
  report(platform::save(as_json ? "latent.json" : "latent.npy", write_latent(latent_of(state().place, facts), format)));
}

void App::start_export(FileKind kind) {
  const std::shared_ptr<const RemoteModel> drawer = drawer_of(state());
  if (!drawer)
    return; // it is being loaded
  export_done = 0;
  export_all = state().animation.frames;
  const AnimateJob job{drawer->number, state(), facts, kind, enlarge};
  client.ask(JobKind::animation, job, [this](Result<AnimateJob::Answer> film) {
    if (film && !film->file) {
      export_done = film->done;
      export_all = film->all;
      platform::redraw();
      return;
    }
    export_all = 0;
    report(film ? platform::save(film->file->name, film->file->bytes)
                : Result<std::string>(tl::unexpected(std::move(film).error())));
  });
}

} // namespace ganlet::studio
