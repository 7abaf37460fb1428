#include <cstdio>
#include <fstream>

#include <ganlet.h>

/// consumer MODEL OUT.png OUT.gif: the example at the top of ganlet.h as somebody else's program, and an animation.
int main(int argc, char** argv) {
  if (argc != 4)
    return 2;
  auto model = ganlet::load_model(argv[1]);
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().text().c_str());
    return 1;
  }
  const auto images = model->generate({.seed = 7, .text = "2026"});
  if (!images || !ganlet::write_image(argv[2], ganlet::grid(*images, 4)))
    return 1;
  const auto format = ganlet::animation_format_of(argv[3]);
  const auto animation = ganlet::encode_animation(*images, 100, *format);
  if (!animation)
    return 1;
  std::ofstream(argv[3], std::ios::binary).write(reinterpret_cast<const char*>(animation->data()), animation->size());
  std::printf("%zu images of %d x %d\n", images->size(), model->image_width(), model->image_height());
  return 0;
}
