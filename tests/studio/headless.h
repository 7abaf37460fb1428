#pragma once

#include <deque>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <imgui.h>

#include "studio/app.h"
#include "studio/worker.h"

namespace ganlet::test {

using namespace studio;

/// A platform without a screen: it keeps what the program asks for, and answers when a test says so.
class FakeHost : public platform::Window,
                 public platform::Files,
                 public platform::Clipboard,
                 public platform::Store,
                 public platform::System {
 public:
  struct Fetch {
    platform::Ticket ticket;
    std::string path;
  };

  void redraw() override {}
  void animate(bool on) override { is_animated = on; }
  void quit(int) override {}
  double seconds() const override { return now; }
  float scale() const override { return 1; }
  void fonts_changed() override {}
  void capture() override {}
  std::string renderer() const override { return "none"; }
  void fetch(platform::Ticket ticket, const std::string& path) override { fetches.push_back({ticket, path}); }
  void read_picture(platform::Ticket ticket, const std::string& path) override { pictures.push_back({ticket, path}); }
  Result<std::string> save(const std::string& name, std::span<const std::byte>) override {
    saved.push_back(name);
    return name;
  }
  bool has_dialogue() const override { return true; }
  void choose() override {}
  bool makes_pages() const override { return true; }
  void make_page(const std::string& attributes) override { saved.push_back(attributes); }
  std::string obstacle() const override { return {}; }
  Result<void> copy(const Image&) override { return {}; }
  std::optional<std::string> get(const std::string&) const override { return std::nullopt; }
  void put(const std::string&, std::string_view) override {}
  bool prefers_dark() const override { return true; }
  bool prefers_less_motion() const override { return false; }
  int processors() const override { return 1; }
  std::int64_t memory() const override { return 0; }
  void set_address(const std::string&) override {}
  std::string address() const override { return "here"; }
  void say(std::string_view) override {}

  double now = 0;
  bool is_animated = false;
  std::deque<Fetch> fetches, pictures;
  std::vector<std::string> saved;
  std::deque<std::vector<std::byte>> questions;
};

/// The whole program without a window: real panels, a real worker, and mouse and keyboard through Dear ImGui.
class Headless {
 public:
  /// `folders`: where models lie, by their ids.
  explicit Headless(std::map<std::string, std::string> folders, const std::string& link)
      : folders_(std::move(folders)) {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().DisplaySize = {1000, 3000}; // nothing has to be scrolled to
    app_ = std::make_unique<App>(parts_, settings_of_link(link));
  }
  ~Headless() {
    app_.reset();
    ImGui::DestroyContext();
  }
  Headless(const Headless&) = delete;
  Headless& operator=(const Headless&) = delete;

  void frame() {
    host.now += 1.0 / 60;
    app_->prepare();
    ImGui::GetIO().DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    app_->frame();
    ImGui::Render();
  }
  void frames(int count) {
    for (int i = 0; i < count; ++i)
      frame();
  }
  /// Answers what was fetched.
  void deliver() {
    while (!host.fetches.empty()) {
      const FakeHost::Fetch fetch = host.fetches.front();
      host.fetches.pop_front();
      const std::string inside = fetch.path.substr(std::min(fetch.path.find('/') + 1, fetch.path.size()));
      const std::string id = inside.substr(0, inside.find('/'));
      if (const auto found = folders_.find(id); found != folders_.end())
        app_->fetched(fetch.ticket, found->second + inside.substr(id.size()));
      else
        app_->fetched(fetch.ticket, fail(ErrorCode::not_found, fetch.path, "there is no such file"));
    }
  }
  /// The worker works, and the program gets its answers; those of `held` wait in `held_answers`.
  void work() {
    do {
      for (; !host.questions.empty(); host.questions.pop_front()) {
        if (const auto question = question_of(host.questions.front()))
          if (const Ask* const ask = std::get_if<Ask>(&*question))
            asked[ask->kind] = *ask;
        worker_.receive(host.questions.front());
      }
    } while (worker_.work());
    for (const std::vector<std::byte>& answer : std::exchange(answers_, {})) {
      const auto reply = reply_of(answer);
      if (held && reply->kind == *held)
        held_answers.push_back(answer);
      else
        app_->received(answer);
    }
  }
  /// Everything that is under way ends.
  void settle() {
    for (int quiet = 0; quiet < 5;) {
      const bool had_work = !host.fetches.empty() || !host.questions.empty();
      deliver();
      work();
      frame();
      quiet = had_work || !host.fetches.empty() || !host.questions.empty() ? 0 : quiet + 1;
    }
  }

  /// The middle of a control.
  ImVec2 middle_of(std::string_view label) const {
    const auto area = app_->place_of(label);
    EXPECT_TRUE(area) << label;
    return area ? ImVec2((area->left + area->right) / 2, (area->top + area->bottom) / 2) : ImVec2();
  }
  void press(std::string_view label) {
    const ImVec2 at = middle_of(label);
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(at.x, at.y);
    frames(2);
    io.AddMouseButtonEvent(0, true);
    frames(2);
    io.AddMouseButtonEvent(0, false);
    frames(3);
  }
  void command(const std::string& name) {
    app_->command(name);
    frames(3);
  }
  Snapshot now() const { return app_->snapshot(); }
  App& app() { return *app_; }

  FakeHost host;
  std::optional<JobKind> held; ///< the kind whose answers wait
  std::vector<std::vector<std::byte>> held_answers;
  std::map<JobKind, Ask> asked; ///< the last question of each kind

 private:
  std::map<std::string, std::string> folders_;
  platform::Host parts_{host, host,
                        host, host,
                        host, [this](std::vector<std::byte> message) { host.questions.push_back(std::move(message)); }};
  std::vector<std::vector<std::byte>> answers_;
  Worker worker_{[this](std::vector<std::byte> message) { answers_.push_back(std::move(message)); }};
  std::unique_ptr<App> app_;
};

/// All that people see, in words: two of them are equal if nothing changed.
inline std::string told(const Snapshot& now) {
  const auto digest = [](const platform::Texture& texture) {
    std::uint32_t sum = 0;
    for (const std::uint8_t byte : texture.image().pixels)
      sum = 31 * sum + byte;
    return std::to_string(texture.image().width) + ":" + std::to_string(sum);
  };
  std::string text = whole_fragment(now.state()) + "\nmodel " + now.facts().name;
  text += "\nproblem " + now.notices.problem;
  text += "\npicture " + digest(now.viewer.picture().texture) + ", b " + digest(now.viewer.other().texture);
  text += "\nstyle layers " + std::to_string(now.facts().style.layers);
  text += "\ndirections " + std::to_string(now.facts().directions.count());
  text += "\nencoded " + std::string(now.encoder.encoded() ? digest(now.encoder.drawn()) : "none");
  text += "\ninside " + std::to_string(now.inside.layers().size()) + ", " + digest(now.inside.tiles());
  text += "\nlitter " + std::to_string(now.breeding.litter().size()) + ", " + digest(now.breeding.picture());
  text += "\nmeasured " + std::to_string(now.bench.measurements().size());
  text += "\nbeside " + std::string(now.bench.beside() ? digest(now.bench.beside()->picture) : "none");
  text += "\nloading " + now.session.loading().name + ", step " + std::to_string(now.session.loading_step());
  text += "\nexported " + std::to_string(now.player.exported()) + " of " + std::to_string(now.player.all());
  for (const std::string& fragment : now.keepsakes.recent)
    if (const platform::Texture* const small = now.thumbnails.find(fragment))
      text += "\nthumbnail " + fragment + " " + digest(*small);
  return text + "\n";
}

} // namespace ganlet::test
