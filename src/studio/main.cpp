#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "platform/platform.h"
#include "studio/app.h"
#include "studio/window_gpu.h"

int main(int count, char** words) {
  using namespace ganlet;
  const std::vector<std::string> arguments(words + 1, words + count);
  if (std::ranges::find(arguments, "--help") != arguments.end()) {
    std::fputs(studio::usage().c_str(), stdout);
    return 0;
  }
  const std::vector<studio::Setting> settings = studio::settings_of_arguments(arguments);
  studio::State state;
  studio::Start start;
  const std::vector<std::string> problems = studio::apply(settings, state, start);
  for (const std::string& problem : problems)
    std::fprintf(stderr, "%s\n", problem.c_str());
  const Result<void> outcome =
      platform::run({"ganlet studio", start.width, start.height, start.scale, start.models}, [&](platform::Host& host) {
        return std::make_unique<studio::App>(host, settings, studio::share_window_with_networks());
      });
  if (!outcome)
    std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
  return outcome ? 0 : 1;
}
