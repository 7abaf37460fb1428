#include <cstdio>

#include <ganlet.h>

/// consumer MODEL OUT.png: the example at the top of ganlet.h, as somebody else's program.
int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  auto model = ganlet::load_model(argv[1]);
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().text().c_str());
    return 1;
  }
  const auto images = model->generate({.seed = 7, .text = "2026"});
  if (!images || !ganlet::write_image(argv[2], ganlet::grid(*images, 4)))
    return 1;
  std::printf("%zu images of %d x %d\n", images->size(), model->image_width(), model->image_height());
  return 0;
}
