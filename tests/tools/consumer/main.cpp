#include <cstdio>
#include <fstream>

#include <ganlet.h>

/// consumer MODEL OUT.jpg OUT.gif: the first example of ganlet.h as somebody else's program, and an animation.
int main(int argc, char** argv) {
  if (argc != 4)
    return 2;
  auto model = ganlet::load_model(argv[1]);
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().text().c_str());
    return 1;
  }
  const auto picture = model->picture({.text = "2026", .seed = 7});
  if (!picture || !ganlet::write_image(argv[2], *picture))
    return 1;
  std::vector<ganlet::Image> frames;
  for (const char digit : {'2', '0', '2', '6'}) {
    auto frame = model->picture({.text = std::string(1, digit), .seed = 7});
    if (!frame)
      return 1;
    frames.push_back(std::move(*frame));
  }
  const auto animation = ganlet::encode_animation(frames, 100, *ganlet::animation_format_of(argv[3]));
  if (!animation)
    return 1;
  std::ofstream(argv[3], std::ios::binary).write(reinterpret_cast<const char*>(animation->data()), animation->size());
  const ganlet::ImageSize size = model->facts()->image;
  std::printf("%zu images of %d x %d\n", frames.size(), size.width, size.height);
  return 0;
}
