// ganlet-train: trains generators, and writes them as ONNX files.

#include <cstdio>

#include "commands.h"

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;
constexpr int interrupted = 130;

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"ganlet-train trains image generators and writes them as ONNX files.\n"
               "Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C with the checkpoint saved.",
               "ganlet-train"};
  app.require_subcommand(1);
  ganlet::Result<void> outcome;
  ganlet::train::add_families(app, outcome);
  ganlet::train::add_export(app, outcome);
  ganlet::train::add_plot(app, outcome);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_usage;
  } catch (const std::exception& error) {
    outcome = ganlet::fail(ganlet::ErrorCode::corrupt, "libtorch", error.what());
  }
  if (outcome)
    return 0;
  std::fprintf(stderr, "ganlet-train: %s\n", outcome.error().text().c_str());
  return outcome.error().code() == ganlet::ErrorCode::cancelled ? interrupted : failed;
}
