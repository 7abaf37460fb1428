// Files that the program opens and saves, and the answers to its requests.
#include <algorithm>
#include <cctype>
#include <filesystem>

#include <imgui.h>

#include "core/text.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "studio/app.h"
#include "studio/link.h"

namespace ganlet::studio {

namespace {

enum class FileSort { model, latent, picture };

/// Chosen by the file's name. Anything else is opened as a model, because the reader of models gives the best message.
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

// --- files ---

void App::opened(const std::string& path) {
  switch (session_.has_model() ? sort_of(path) : FileSort::model) {
  case FileSort::latent:
    load_latent(path);
    break;
  case FileSort::picture:
    opened_picture_ = session_.new_ticket();
    host_.files.read_picture(opened_picture_, path);
    break;
  case FileSort::model: {
    Engine engine = session_.engine();
    engine.part = "generator";
    calm_down();
    notices_.problem.clear();
    session_.load_with(std::move(engine), path);
  }
  }
  host_.window.redraw();
}

void App::refused(const std::string& problem) {
  say_problem(problem);
  host_.window.redraw();
}

void App::load_latent(const std::string& path) {
  const std::int64_t size = session_.facts().latent_size;
  auto bytes = read_whole(path, Limits{}.file_bytes);
  const auto latent = bytes ? read_latent(*bytes, size, std::filesystem::path(path).filename().string())
                            : Result<std::vector<float>>(tl::unexpected(std::move(bytes).error()));
  if (!latent) {
    say_problem(latent.error().text());
    return;
  }
  State next = state();
  next.place = {.seed = next.place.seed, .latent = to_steps(*latent)};
  change(std::move(next));
}

/// Saves or copies what is shown. What only the GPU has is drawn again by the processor, whose pictures are the same
/// everywhere.
void App::keep_picture(Keeping how) {
  const Canvas& shown = viewer_.picture();
  if (!shown.texture)
    return;
  if (!shown.texture.image().pixels.empty()) {
    keep_picture(how, shown.texture.image());
  } else if (shown.wanted) {
    keeping_ = how;
    session_.ask(JobKind::file, DrawJob{shown.drawer->number, *shown.wanted});
  }
}

void App::keep_picture(Keeping how, const Image& picture) {
  const Image large = enlarged(with_colors(picture, state().colors), desk_.enlarge);
  if (how == Keeping::clipboard) {
    Result<void> copied = host_.clipboard.copy(large);
    report(copied ? Result<std::string>("Copied") : Result<std::string>(tl::unexpected(std::move(copied).error())));
  } else if (how == Keeping::file) {
    auto file = encode_png(large, origin_of(state(), session_.facts()));
    report(file ? host_.files.save("picture.png", *file)
                : Result<std::string>(tl::unexpected(std::move(file).error())));
  }
}

void App::save_page() {
  const std::optional<Settings> flags = flags_of(state(), session_.facts());
  if (!flags)
    return say_problem("A page can't draw this: it has seeds, but no places between them.");
  std::string attributes = concat("model=", percent_encoded(state().model));
  for (const auto& [name, value] : *flags)
    attributes += concat("&", name == "part" ? "model-part" : name, "=", percent_encoded(value.empty() ? "1" : value));
  host_.files.make_page(attributes);
  say_done("The page comes among your downloads");
}

void App::save_latent(LatentFormat format) {
  const std::vector<std::byte> file = write_latent(latent_of(state().place, session_.facts()), format);
  report(host_.files.save(format == LatentFormat::json ? "latent.json" : "latent.npy", file));
}

/// Continues from the picture on the pad: its latent becomes the present one.
void App::encode() {
  if (!session_.facts().has_encoder)
    say_problem(concat(session_.facts().about.title, " has no encoder, which pictures need to be drawn by it."));
  else if (encoder_.takes_fetch()) // once it is there, what the pad then shows is encoded
    session_.fetch_part(Need::encoder, "encoder");
}

// --- answers ---

void App::fetched(platform::Ticket ticket, Result<std::string> path) {
  session_.fetched(ticket, std::move(path));
  host_.window.redraw();
}

void App::progressed(platform::Ticket ticket, std::int64_t done, std::int64_t all) {
  session_.progressed(ticket, done, all);
  host_.window.redraw();
}

void App::decoded(platform::Ticket ticket, Result<Image> picture) {
  if (ticket != opened_picture_)
    return; // it belongs to an earlier model, or another picture has been opened since
  opened_picture_ = 0;
  if (!picture) {
    say_problem(picture.error().text());
    return;
  }
  if (session_.facts().has_encoder) {
    encoder_.open(std::move(*picture));
    encoded_since_ = ImGui::GetTime();
    desk_.panel = "Encode";
  }
  encode();
  host_.window.redraw();
}

void App::received(std::span<const std::byte> message) {
  std::optional<Reply> reply = session_.receive(message);
  if (reply)
    if (const Result<void> outcome = take(std::move(*reply)); !outcome)
      say_problem(outcome.error().text());
  for (const Outcome& outcome : session_.take_outcomes())
    settle(outcome);
  host_.window.redraw();
}

/// Passes an answer to the tool that asked. Errors: the answer's.
Result<void> App::take(Reply reply) {
  if (reply.kind == JobKind::animation) {
    auto* const film = std::get_if<Result<AnimateJob::Answer>>(&reply.answer);
    if (film == nullptr)
      return {};
    GANLET_TRY(const std::optional<PictureFile> file, player_.take(std::move(*film)));
    if (file)
      report(host_.files.save(file->name, file->bytes));
    return {};
  }
  if (auto* const drawing = std::get_if<Result<Drawing>>(&reply.answer)) {
    if (reply.kind == JobKind::picture || reply.kind == JobKind::compare)
      return viewer_.take(reply.kind, std::move(*drawing), session_.facts());
    if (reply.kind == JobKind::thumbnail) {
      thumbnails_.take(std::move(*drawing));
      return {};
    }
    GANLET_TRY(Drawing drawn, std::move(*drawing));
    if (reply.kind == JobKind::file)
      keep_picture(std::exchange(keeping_, Keeping::nothing), drawn.picture);
    else if (reply.kind == JobKind::litter)
      breeding_.take(std::move(drawn));
    else if (reply.kind == JobKind::measure)
      bench_.take(drawn);
  } else if (auto* const found = std::get_if<Result<Encoded>>(&reply.answer)) {
    GANLET_TRY(Encoded encoded, std::move(*found));
    notices_.problem.clear();
    change(with_encoded(state(), encoded, session_.facts()), "encode", encoded_since_);
    encoder_.take(std::move(encoded));
  } else if (auto* const looked = std::get_if<Result<Inspection>>(&reply.answer)) {
    GANLET_TRY(Inspection inspection, std::move(*looked));
    inside_.take(std::move(inspection));
  } else if (auto* const drawn = std::get_if<Result<BesideJob::Answer>>(&reply.answer)) {
    GANLET_TRY(BesideJob::Answer beside, std::move(*drawn));
    bench_.take(std::move(beside));
  }
  return {};
}

void App::settle(const Outcome& outcome) {
  switch (outcome.kind) {
  case Outcome::Kind::loaded:
    model_changed();
    break;
  case Outcome::Kind::not_loaded: // the previous model stays
    if (session_.has_model() && state().model != session_.facts().name) {
      State next = state();
      next.model = session_.facts().name;
      timeline_.change(std::move(next), {}, ImGui::GetTime());
    }
    say_problem(outcome.text);
    break;
  case Outcome::Kind::failed:
    if (outcome.need == Need::encoder)
      encoder_.fetched();
    say_problem(outcome.text);
    break;
  case Outcome::Kind::ready:
    if (outcome.need == Need::encoder) {
      encoder_.fetched();
      encoder_.ask(session_);
    } else if (outcome.need == Need::beside) {
      bench_.part_is_ready(session_);
    }
  }
  host_.window.redraw();
}

/// Switches to another model; everything that belonged to the previous one is dropped.
void App::model_changed() {
  viewer_.model_changed();
  encoder_.model_changed();
  breeding_.end();
  bench_.model_changed();
  opened_picture_ = 0;
  fresh_grid();
}

/// The initial state for another model: a grid if it can't write text.
void App::fresh_grid() {
  const ModelFacts& facts = session_.facts();
  State next = state();
  next.model = facts.name;
  const bool is_other = !model_before_.empty() && model_before_ != facts.name;
  if (is_other && !next.place.latent.empty())
    next.place = {.seed = next.place.seed};
  if (!facts.writes_digits && next.columns * next.rows == 1 && (is_other || state() == State{.model = facts.name}))
    next.columns = next.rows = 4;
  if (is_other)
    next.trained.reset();
  model_before_ = facts.name;
  change(std::move(next));
}

// --- words ---

void App::say_problem(const std::string& text) {
  notices_.problem = text;
  host_.system.say(text);
  host_.window.redraw();
}

void App::say_done(const std::string& text) {
  notices_ = {{}, text, host_.window.seconds()};
  host_.system.say(text);
  host_.window.redraw();
}

void App::report(const Result<std::string>& outcome) {
  if (outcome)
    say_done(*outcome);
  else
    say_problem(outcome.error().text());
}

} // namespace ganlet::studio
