// ganlet-train plot.

#include <memory>
#include <string>

#include "commands.h"
#include "plot.h"

namespace ganlet::train {

void add_plot(CLI::App& app, Result<void>& outcome) {
  auto run = std::make_shared<std::string>();
  CLI::App& command = *app.add_subcommand("plot", "Draw a run's loss curves: RUN/losses.svg and RUN/losses.png");
  command.add_option("run", *run, "Folder of a run")->type_name("RUN")->required();
  command.callback([run, &outcome] { outcome = write_plots(*run); });
}

} // namespace ganlet::train
