#include <unistd.h>

#include <csignal>
#include <memory>
#include <utility>

#include "batch_lines.h"
#include "commands.h"
#include "core/text.h"
#include "lines.h"
#include "options.h"
#include "request_flags.h"

namespace ganlet::tool {

namespace {

struct BatchOptions {
  ModelChoice model;
  Engine engine;
  RequestFlags flags; ///< what lines leave out
};

Wish wish_of_line(const LineReader::Line& line, const DrawRequest& defaults, Model& model) {
  if (line.complete)
    return wish_of(line.text, defaults, model);
  Wish wish;
  wish.problem = too_long_a_line();
  return wish;
}

Result<void> batch(const BatchOptions& options) {
  const DrawRequest defaults = options.flags.request();
  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  std::signal(SIGPIPE, SIG_IGN);
  LineReader lines(STDIN_FILENO, longest_line);
  std::vector<Wish> wishes;
  while (std::optional<LineReader::Line> line = lines.next()) {
    if (!line->text.empty() || !line->complete)
      wishes.push_back(wish_of_line(*line, defaults, model));
    if (wishes.empty() || (wishes.size() < most_together && lines.is_ready()))
      continue;
    GANLET_TRY(const std::string text, answers(std::exchange(wishes, {}), model));
    GANLET_TRY(const bool is_read, write_answers(text));
    if (!is_read)
      return {};
  }
  return check_read(lines);
}

} // namespace

void add_batch(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<BatchOptions>();
  CLI::App& command = *app.add_subcommand(
      "batch",
      "Answer JSON lines: {\"key\": .., \"seed\": .., \"label\": ..} or {\"key\": .., \"embeddings\": [..], ..} on "
      "standard\n"
      "input by {\"key\": .., \"prediction\": \"<PNG in base64>\"} on standard output, in order, as they come, and\n"
      "{\"key\": .., \"image_bytes\": {\"b64\": \"<PNG or JPEG>\"}} by its embeddings, where the model has an encoder; "
      "a line that is wrong\n"
      "by {\"key\": .., \"error\": \"..\", \"code\": \"..\", \"place\": \"..\"}");
  add_model(command, options->model);
  add_image(command, options->model);
  options->flags.add(command, {"jitter", "truncation", "cutoff", "mix", "noise", "vary", "step", "text_limit"});
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = batch(*options); });
}

} // namespace ganlet::tool
