#include <filesystem>

#include "core/text.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "studio/app.h"

namespace ganlet::studio {

void App::opened(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".npy" && has_model) {
    const auto bytes = read_whole(path, Limits{}.file_bytes);
    const auto latent =
        bytes ? read_npy(*bytes, Limits{}, path) : Result<Tensor>(fail(ErrorCode::io, path, "can't be read"));
    if (!latent || latent->type() != DataType::float32 || latent->shape().elements() != facts.latent_size) {
      say_problem(
          latent ? concat(path, " isn't a latent of this model: it must hold ", facts.latent_size, " float32 numbers")
                 : latent.error().text());
      return;
    }
    const auto values = latent->as<float>();
    State next = state();
    next.place = {.seed = next.place.seed, .latent = to_steps({values.begin(), values.end()})};
    change(std::move(next));
    return;
  }
  engine.part = "generator";
  load(path);
}

void App::save_picture() {
  if (!picture.texture)
    return;
  const Image image = enlarged(with_colors(picture.texture.image(), state().colors), enlarge);
  const auto file = to_png(image);
  const auto saved =
      file ? platform::save("picture.png", *file) : Result<std::string>(fail(ErrorCode::io, "", "can't be encoded"));
  if (saved)
    say_done(*saved);
  else
    say_problem(saved.error().text());
}

void App::save_latent(bool as_json) {
  std::vector<float> latent = latent_of(state().place, facts);
  std::vector<std::byte> bytes;
  if (as_json) {
    std::string text = "[";
    for (std::size_t i = 0; i < latent.size(); ++i)
      text += concat(i == 0 ? "" : ", ", double{latent[i]});
    text += "]\n";
    const auto view = std::as_bytes(std::span(text));
    bytes.assign(view.begin(), view.end());
  } else {
    const auto shape = Shape::make(std::vector<std::int64_t>{1, facts.latent_size}, Limits{}, "latent");
    bytes = write_npy({DataType::float32, *shape, latent.data(), {}});
  }
  const auto saved = platform::save(as_json ? "latent.json" : "latent.npy", bytes);
  if (saved)
    say_done(*saved);
  else
    say_problem(saved.error().text());
}

void App::start_export(FileKind kind) {
  export_done = 0;
  export_all = state().animation.frames;
  worker.start(Worker::Kind::animation, animate(
                                            model, {state(), kind, enlarge},
                                            [this](int done, int all) {
                                              export_done = done;
                                              export_all = all;
                                              platform::redraw();
                                            },
                                            [this](Result<ExportedFile> file) {
                                              export_all = 0;
                                              const auto saved =
                                                  file ? platform::save(file->name, file->bytes)
                                                       : Result<std::string>(tl::unexpected(std::move(file).error()));
                                              if (saved)
                                                say_done(*saved);
                                              else
                                                say_problem(saved.error().text());
                                            }));
  platform::wake();
}

} // namespace ganlet::studio
