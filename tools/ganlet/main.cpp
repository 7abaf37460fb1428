#include <cstdio>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "licenses.h"
#include "xnn/xnn.h"

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"ganlet runs small trained image generators.\n"
               "Results go to standard output, messages to standard error; \"-\" is standard input or output.\n"
               "Exit status: 0 done, 1 failed, 2 called wrongly.",
               "ganlet"};
  app.set_version_flag("--version", "ganlet " GANLET_VERSION);
  app.add_flag_callback(
      "--licenses", [] { throw CLI::CallForVersion(std::string(ganlet::tool::licenses()), 0); },
      "Print the licences of what is compiled into ganlet");
  app.require_subcommand(1);
  ganlet::Result<void> outcome;
  ganlet::tool::add_generate(app, outcome);
  ganlet::tool::add_walk(app, outcome);
  ganlet::tool::add_mix(app, outcome);
  ganlet::tool::add_batch(app, outcome);
#ifdef GANLET_SERVES
  ganlet::tool::add_serve(app, outcome);
#endif
  ganlet::tool::add_apply(app, outcome);
  ganlet::tool::add_encode(app, outcome);
  ganlet::tool::add_reconstruct(app, outcome);
  ganlet::tool::add_list(app, outcome);
  ganlet::tool::add_run(app, outcome);
  ganlet::tool::add_info(app, outcome);
  ganlet::tool::add_quantize(app, outcome);
  ganlet::tool::add_export_page(app, outcome);
  ganlet::tool::add_poster(app, outcome);
  ganlet::tool::add_export_onnx(app, outcome);
  ganlet::tool::add_import(app, outcome);
  ganlet::tool::add_bench(app, outcome);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_usage;
  }
  if (!outcome) {
    std::fprintf(stderr, "ganlet: %s\n", outcome.error().text().c_str());
    return failed;
  }
  if (std::fflush(stdout) != 0) {
    std::fprintf(stderr, "ganlet: standard output can't be written\n");
    return failed;
  }
  return 0;
}
