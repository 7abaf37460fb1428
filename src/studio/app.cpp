#include "studio/app.h"

#include <algorithm>
#include <filesystem>

#include <imgui.h>

#include "core/rng.h"
#include "core/text.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "studio/theme.h"

namespace ganlet::studio {

namespace {

constexpr const char* storage_name = "studio.txt";
constexpr double news_seconds = 6;
/// A drawing that takes less than this may finish before a newer one begins: else dragging would show nothing until it ends.
constexpr double short_milliseconds = 60;

bool is_id(const std::string& name) {
  return name.find_first_of("/\\.") == std::string::npos;
}

} // namespace

App::App(const std::vector<Setting>& settings) {
  ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  if (const std::optional<std::string> kept = platform::stored(storage_name))
    keepsakes = keepsakes_of(*kept);
  kept_ = to_text(keepsakes);
  State first;
  const std::vector<std::string> problems = apply(settings, first, start);
  const bool has_state = std::ranges::any_of(settings, [](const Setting& s) { return s.first != "theme" && s.first != "panel"; });
  if (!has_state && !keepsakes.last.empty())
    (void)apply(settings_of_link(keepsakes.last), first, start);
  timeline = Timeline(first);
  if (!start.theme.empty())
    keepsakes.theme = start.theme;
  panel = !start.panel.empty() ? start.panel : keepsakes.panel.empty() ? "Generate" : keepsakes.panel;
  engine.backend = start.backend.empty() ? "xnn" : start.backend;
  engine.part = start.part.empty() ? "generator" : start.part;
  if (!start.script.empty()) {
    const auto bytes = read_whole(start.script, std::int64_t{1} << 20);
    auto steps = bytes ? parse_script({reinterpret_cast<const char*>(bytes->data()), bytes->size()})
                       : Result<std::vector<Step>>(fail(ErrorCode::not_found, start.script, bytes.error().message()));
    if (steps)
      script_ = std::move(*steps);
    else
      say_problem(steps.error().text());
  }
  if (!problems.empty())
    say_problem(problems.front());
  read_catalogue();
  load(first.model);
}

bool App::is_dark() const { return keepsakes.theme.empty() ? platform::prefers_dark() : keepsakes.theme == "dark"; }

void App::prepare() {
  if (apply_theme(platform::scale(), is_dark()))
    platform::fonts_changed();
  worker.collect();
  run_script();
}

void App::frame() {
  const double now = platform::seconds();
  frame_seconds = now - last_frame;
  last_frame = now;
  ++frames_drawn;
  update_animation();
  update_pictures();
  show_interface(*this);
  announce();
  finish_frames();
  if (ImGui::IsMouseReleased(0))
    timeline.settle();
}

void App::change(State next, std::string_view kind) {
  make_valid(next);
  if (next == state())
    return; // panels hand in what they show, each frame
  const bool loads = next.model != state().model;
  // However long a drag lasts, it is one step; what comes after letting go is another.
  const ImGuiIO& io = ImGui::GetIO();
  timeline.change(std::move(next), kind, io.MouseDown[0] ? io.MouseClickedTime[0] : ImGui::GetTime());
  changed_ = platform::seconds();
  if (loads)
    load(state().model);
  platform::redraw();
}

void App::apply_settings(std::span<const Setting> settings) {
  State next = state();
  Start ignored;
  const std::vector<std::string> problems = apply(settings, next, ignored);
  change(std::move(next));
  if (!problems.empty())
    say_problem(problems.front());
}

void App::show_fragment(const std::string& fragment) {
  State next;
  Start ignored;
  (void)apply(settings_of_link(fragment), next, ignored);
  change(std::move(next));
}

void App::new_seed() {
  // Scripts get the same seeds each time; people don't.
  const std::uint64_t moment = start.script.empty() ? static_cast<std::uint64_t>(platform::seconds() * 1e6) : 0;
  State next = state();
  next.place = {.seed = Rng(state().place.seed ^ moment, 0x73656564).bits(++new_seeds_)};
  change(std::move(next));
}

void App::say_problem(const std::string& text) {
  problem = text;
  platform::say(text);
  platform::redraw();
}

void App::say_done(const std::string& text) {
  news = text;
  news_time = platform::seconds();
  problem.clear();
  platform::say(text);
  platform::redraw();
}

// --- models ---

void App::read_catalogue() {
  platform::fetch("models/index.json", {}, [this](Result<std::string> path) {
    const auto entries = path ? read_catalog(std::filesystem::path(*path).parent_path()) : Result<std::vector<CatalogEntry>>(fail(ErrorCode::not_found, "", ""));
    if (!entries)
      return;
    for (const CatalogEntry& entry : *entries) {
      catalogue.push_back({entry.id, entry.title, {}, {}, 0});
      read_catalogue_entry(entry.id);
    }
    platform::redraw();
  });
}

void App::read_catalogue_entry(const std::string& id) {
  platform::fetch(concat("models/", id, "/model.json"), {}, [this, id](Result<std::string> path) {
    const auto folder = path ? find_model(std::filesystem::path(*path).parent_path().string(), {}) : Result<ModelFolder>(fail(ErrorCode::not_found, "", ""));
    const auto entry = std::ranges::find(catalogue, id, &CatalogueModel::id);
    if (!folder || entry == catalogue.end())
      return;
    entry->title = folder->description.title;
    entry->summary = folder->summary;
    entry->license = folder->license;
    if (const auto part = folder->part(engine.part); part && part->bytes)
      entry->bytes = *part->bytes;
    platform::redraw();
  });
}

void App::load(const std::string& name) {
  loading = name;
  loaded_bytes = all_bytes = 0;
  problem.clear();
  if (!is_id(name)) {
    begin_load(name, name);
    return;
  }
  platform::fetch(concat("models/", name, "/model.json"), {}, [this, name](Result<std::string> path) {
    if (loading != name)
      return;
    if (!path) {
      fail_to_load(path.error().text());
      return;
    }
    fetch_part(name, std::filesystem::path(*path).parent_path().string());
  });
}

/// The model before goes on.
void App::fail_to_load(const std::string& text) {
  loading.clear();
  if (has_model && state().model != facts.name) {
    State next = state();
    next.model = facts.name;
    timeline.change(std::move(next), {}, ImGui::GetTime());
  }
  say_problem(text);
}

/// Fetches the files that loading reads, one after the other: the directions, where the model has them, then what draws.
void App::fetch_part(const std::string& id, const std::string& folder) {
  const auto described = find_model(folder, {});
  if (described && !described->part(engine.part))
    engine.part = "generator"; // the model before had a part of that name
  const auto part = described ? described->part(engine.part) : Result<ModelPart>(fail(ErrorCode::not_found, id, "has no model.json"));
  if (!part) {
    fail_to_load(described ? part.error().text() : described.error().text());
    return;
  }
  const auto fetch_file = [id](const ModelPart& file, platform::Progress progress, std::function<void(Result<std::string>)> done) {
    platform::fetch(concat("models/", id, "/", file.file.filename().string()), std::move(progress), std::move(done));
  };
  const auto then = [this, id, folder, fetch_file, file = *part](const Result<std::string>&) {
    const auto progress = [this](std::int64_t done, std::int64_t all) {
      loaded_bytes = done;
      all_bytes = all;
      platform::redraw();
    };
    fetch_file(file, progress, [this, id, folder](Result<std::string> path) {
      if (loading != id)
        return;
      if (path) {
        begin_load(folder, id);
        return;
      }
      fail_to_load(path.error().text());
    });
  };
  if (const auto directions = described->part("directions"))
    fetch_file(*directions, {}, then);
  else
    then(std::string());
}

void App::begin_load(const std::string& path, const std::string& name) {
  worker.start(Worker::Kind::load, [this, path, name, wanted = engine](const Worker::Deliver& deliver) {
    auto result = std::make_shared<Result<std::shared_ptr<LoadedModel>>>(studio::load(path, name, wanted));
    deliver([this, result] {
      if (!*result) {
        fail_to_load(result->error().text());
        return;
      }
      loading.clear();
      const ModelFacts before = facts;
      model = **result;
      facts = model->facts;
      has_model = true;
      picture.wanted.reset();
      other.wanted.reset();
      litter.clear();
      beside.reset();
      fresh_grid(before);
      ask_for_directions();
      platform::redraw();
    });
    return false;
  });
  platform::wake();
}

void App::fresh_grid(const ModelFacts& before) {
  State next = state();
  next.model = facts.name;
  const bool is_other = !before.name.empty() && before.name != facts.name;
  if (is_other && !next.place.latent.empty())
    next.place = {.seed = next.place.seed};
  if (!facts.writes_digits && next.columns * next.rows == 1 && (is_other || state() == State{.model = facts.name}))
    next.columns = next.rows = 4;
  change(std::move(next));
}

void App::opened(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".npy" && has_model) {
    const auto bytes = read_whole(path, Limits{}.file_bytes);
    const auto latent = bytes ? read_npy(*bytes, Limits{}, path) : Result<Tensor>(fail(ErrorCode::io, path, "can't be read"));
    if (!latent || latent->type() != DataType::float32 || latent->shape().elements() != facts.latent_size) {
      say_problem(latent ? concat(path, " isn't a latent of this model: it must hold ", facts.latent_size, " float32 numbers") : latent.error().text());
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

// --- pictures ---

void App::update(Canvas& canvas, const Plan& plan, Worker::Kind kind) {
  if (canvas.wanted == plan) {
    canvas.waiting.reset();
    return;
  }
  const double expected = drawn_milliseconds * static_cast<double>(plan.images(facts));
  if (worker.is_busy(kind) && expected < short_milliseconds) {
    canvas.waiting = plan;
    return;
  }
  canvas.wanted = plan;
  canvas.waiting.reset();
  request(canvas, kind);
}

void App::request(Canvas& canvas, Worker::Kind kind) {
  worker.start(kind, draw(model, *canvas.wanted, [this, &canvas](Result<Drawing> drawing) {
    if (!drawing) {
      say_problem(drawing.error().text());
      return;
    }
    drawn_milliseconds = drawing->milliseconds / static_cast<double>(std::max<std::int64_t>(drawing->images, 1));
    canvas.texture = platform::Texture(std::move(drawing->picture));
    canvas.cell_width = facts.image.width;
    canvas.cell_height = facts.image.height;
    platform::redraw();
  }));
  platform::wake();
}

void App::update_pictures() {
  if (!has_model || facts.name != state().model)
    return;
  update(picture, playing ? frame_of(state(), facts, std::max(shown_frame, 0)) : plan_of(state(), facts), Worker::Kind::picture);
  if (b)
    update(other, plan_of(*b, facts), Worker::Kind::compare);
}

void App::play(bool on) {
  playing = on && !state().animation.keyframes.empty();
  played_from = platform::seconds();
  shown_frame = 0;
  platform::animate(playing);
  platform::redraw();
}

void App::update_animation() {
  if (!playing)
    return;
  const Animation& animation = state().animation;
  const auto frame = static_cast<std::int64_t>((platform::seconds() - played_from) * 1000 / animation.milliseconds);
  shown_frame = static_cast<int>(frame % animation.frames);
  if (!animation.loop && frame >= animation.frames)
    play(false);
}

// --- keeping ---

void App::keep() {
  keepsakes.panel = panel;
  keepsakes.last = fragment();
  std::string text = to_text(keepsakes);
  if (text != kept_ && start.script.empty() && start.screenshot.empty())
    platform::store(storage_name, text);
  kept_ = std::move(text);
}

void App::save_picture() {
  if (!picture.texture)
    return;
  const Image image = enlarged(with_colors(picture.texture.image(), state().colors), enlarge);
  const auto file = to_png(image);
  const auto saved = file ? platform::save("picture.png", *file) : Result<std::string>(fail(ErrorCode::io, "", "can't be encoded"));
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
  worker.start(Worker::Kind::animation, animate(model, {state(), kind, enlarge},
    [this](int done, int all) {
      export_done = done;
      export_all = all;
      platform::redraw();
    },
    [this](Result<ExportedFile> file) {
      export_all = 0;
      const auto saved = file ? platform::save(file->name, file->bytes) : Result<std::string>(tl::unexpected(std::move(file).error()));
      if (saved)
        say_done(*saved);
      else
        say_problem(saved.error().text());
    }));
  platform::wake();
}

// --- people who don't see the picture, scripts and screenshots ---

void App::announce() {
  const bool is_calm = !worker.is_busy(Worker::Kind::picture) && !playing && platform::seconds() - changed_ > 0.3;
  if (!has_model || !picture.texture)
    return;
  if (!is_calm) {
    if (!playing)
      platform::redraw();
    return;
  }
  const std::string text = description_of(state(), facts);
  if (text != announced_) {
    announced_ = text;
    platform::say(text);
  }
  const std::string now = fragment();
  if (now != address_) {
    address_ = now;
    platform::set_address(now);
    put_first(keepsakes.recent, now, Keepsakes::most_recent);
  }
  keep();
  if (!news.empty() && platform::seconds() - news_time > news_seconds)
    news.clear();
}

void App::command(const std::string& name) {
  if (name == "generate")
    new_seed();
  else if (name == "save")
    save_picture();
  else if (name == "undo")
    timeline.undo();
  else if (name == "redo")
    timeline.redo();
  else if (name == "favourite")
    toggle_favourite(keepsakes, fragment());
  else if (name == "play")
    play(!playing);
  else if (name == "export-gif")
    start_export(FileKind::gif);
  else if (name == "export-apng")
    start_export(FileKind::apng);
  else if (name == "export-zip")
    start_export(FileKind::png_sequence);
  else if (name == "theme")
    keepsakes.theme = is_dark() ? "light" : "dark";
  else if (name == "keyframe") {
    State next = state();
    next.animation.keyframes.push_back(next.place);
    change(std::move(next));
  } else if (name == "compare")
    b = b ? std::nullopt : std::optional(state());
  else if (name.starts_with('#'))
    show_fragment(name);
  else if (name.find('=') != std::string::npos)
    apply_settings(settings_of_link(name));
  else
    say_problem(concat("There is no command '", printable(name), "'."));
  if (!name.empty() && state().model != facts.name && loading != state().model)
    load(state().model); // undo may lead back to another model
  platform::redraw();
}

void App::finish_frames() {
  if (start.frames == 0 || captured_)
    return;
  const bool is_idle = step_ >= script_.size() && (picture.texture || !problem.empty()) && !worker.is_busy() && loading.empty();
  settled_frames_ = is_idle ? settled_frames_ + 1 : 0;
  platform::redraw();
  if (frames_drawn < start.frames || settled_frames_ < 4)
    return;
  captured_ = true;
  if (start.screenshot.empty()) {
    platform::quit(0);
    return;
  }
  platform::capture([this](const Image& image) {
    const auto file = to_png(image);
    const auto written = file ? write_whole(start.screenshot, *file) : Result<void>(fail(ErrorCode::io, start.screenshot, "can't be encoded"));
    platform::quit(written ? 0 : 1);
  });
}

} // namespace ganlet::studio
