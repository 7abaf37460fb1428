#include "pairs.h"

#include <algorithm>
#include <span>

#include "core/text.h"
#include "outline.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

/// "cats/3" for folder/cats/3.png
std::string name_below(const fs::path& folder, const fs::path& file) {
  return file.lexically_relative(folder).replace_extension().generic_string();
}

/// Errors: not_found where a picture of `here` has no equally named one in `there`.
Result<void> check_names(const fs::path& here, const PictureFiles& files, const fs::path& there,
                         const PictureFiles& others) {
  std::vector<std::string> names;
  for (const fs::path& other : others.pictures)
    names.push_back(name_below(there, other));
  std::ranges::sort(names);
  for (const fs::path& file : files.pictures)
    if (!std::ranges::binary_search(names, name_below(here, file)))
      return fail(
          ErrorCode::not_found, file.string(),
          concat("has no pair: ", there.string(), " holds no picture of this name; add it, or take this one out"));
  return {};
}

} // namespace

void pair_with_outlines(Dataset& data) {
  data.input_channels = 1;
  const auto each = static_cast<std::size_t>(data.pixels_each());
  for (std::size_t at = 0; at < data.pixels.size(); at += each) {
    const std::vector<std::uint8_t> lines =
        outline(std::span(data.pixels).subspan(at, each), data.width, data.height, data.channels);
    data.inputs.insert(data.inputs.end(), lines.begin(), lines.end());
  }
}

Result<Pictures> read_pairs(const fs::path& inputs, const fs::path& truths, PictureOptions options) {
  if (options.validation > 0)
    return fail(ErrorCode::invalid_argument, "--validation",
                "holds pictures back by their pixels, which differ within a pair: move some pairs to other folders");
  GANLET_TRY(const PictureFiles of_inputs, files_below(inputs));
  GANLET_TRY(const PictureFiles of_truths, files_below(truths));
  GANLET_CHECK(check_names(truths, of_truths, inputs, of_inputs));
  GANLET_CHECK(check_names(inputs, of_inputs, truths, of_truths));
  options.strict = true; // so that both keep their order
  GANLET_TRY(Pictures pairs, read_pictures(truths, options));
  if (!options.cache.empty())
    options.cache.replace_filename("inputs.cache");
  GANLET_TRY(Pictures read, read_pictures(inputs, options));
  if (read.train.count != pairs.train.count)
    return fail(ErrorCode::invalid_argument, inputs.string(),
                concat("has not as many pictures as ", truths.string(),
                       ": some there have the same name and differ in their endings alone"));
  pairs.train.input_channels = options.channels;
  pairs.train.inputs = std::move(read.train.pixels);
  return pairs;
}

} // namespace ganlet::train
