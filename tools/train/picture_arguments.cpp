#include "picture_arguments.h"

namespace ganlet::train {

void add_picture_arguments(CLI::App& command, Overrides& overrides, const char* share) {
  command.add_option("--size", overrides.size, "Width and height that a folder's pictures are scaled to [32]")
      ->check(CLI::Range(8, 128))
      ->type_name("N");
  command
      .add_option(
          "--channels", overrides.channels,
          "Of a folder's pictures: 1 for grey, 3 for RGB [3]. There is no 4: sprites are trained on the --ground, and\n"
          "what is drawn is opaque")
      ->check(CLI::IsMember({1, 3}))
      ->type_name("N");
  command
      .add_option("--ground", overrides.ground,
                  "What shows through transparent pixels: white, black, grey or RRGGBB [white]")
      ->type_name("COLOR");
  command
      .add_option(
          "--crop", overrides.crop,
          "Where the square is cut from a picture that isn't one: center, or random, drawn once a picture [center]")
      ->check(CLI::IsMember({"center", "random"}))
      ->type_name("PLACE");
  command.add_option("--validation", overrides.validation, share)->check(CLI::Range(0.0, 0.9))->type_name("SHARE");
}

} // namespace ganlet::train
