#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/Error.hpp>
#include <zlib.h>

#include "commands.h"
#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"
#include "generator/model_folder.h"
#include "image/whole_file.h"
#include "licenses.h"
#include "options.h"
#include "request_flags.h"
#include "tag.h"

namespace ganlet::tool {

namespace {

constexpr std::int64_t most_script_bytes = 1 << 26;
/// The address under which the page's script looks for embedded files (tools/bundle.mjs); it is never requested.
constexpr std::string_view held = "https://ganlet.invalid/";

struct PageOptions {
  ModelChoice model;
  RequestFlags flags;
  TagFlags tag;
  std::string title;
  std::string library;
  bool plain = false;
  std::string output;
};

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes compressed with gzip (RFC 1952), in base64.
Result<std::string> packed(std::span<const std::byte> bytes) {
  constexpr int gzip_window = 15 + 16; // zlib.h: 16 more writes gzip's header
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return fail(ErrorCode::limit_exceeded, "", "there is not enough memory to compress");
  std::vector<std::byte> out(deflateBound(&stream, bytes.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int state = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (state != Z_STREAM_END)
    return fail(ErrorCode::limit_exceeded, "", "can't be compressed");
  return to_base64(out, Base64::padded);
}

/// The folder of the built library: the given one, one in the current directory, or one beside the installed program.
Result<std::filesystem::path> library_folder(const PageOptions& options) {
  std::vector<std::filesystem::path> folders{options.library};
  if (options.library.empty()) {
    folders = {"build/web/site/ganlet", "ganlet"};
    for (const std::filesystem::path& models : options.model.directories())
      folders.push_back(models.parent_path() / "library");
  }
  for (const std::filesystem::path& folder : folders)
    if (std::filesystem::exists(folder / "ganlet-image.classic.js") && std::filesystem::exists(folder / "page.html"))
      return folder;
  return fail(
      ErrorCode::not_found, options.library.empty() ? "--library" : printable(options.library),
      "is no folder with ganlet-image.classic.js: it is ganlet/ of the built site (cmake --build --preset web)");
}

/// The files that the page needs, compressed, as a JSON object by path; and the model's name in the tag.
struct Contents {
  std::string model;
  std::string files;
};

/// A file or folder name with characters that URLs leave unchanged.
std::string plain(std::string name) {
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '.'; }, '_');
  return name;
}

Result<void> add_file(Contents& contents, const std::string& path, std::span<const std::byte> bytes) {
  GANLET_TRY(const std::string text, packed(bytes));
  contents.files += concat(contents.files.empty() ? "{" : ",", quoted_json(path), ":\"", text, "\"");
  return {};
}

/// All parts that pictures of this model need, whichever setting a reader chooses: truncation and mixing need further
/// parts.
Result<std::vector<ModelPart>> parts_of(const Model& model, const DrawRequest& request) {
  GANLET_TRY(std::vector<ModelPart> parts, model.needs(request));
  DrawRequest truncated = request, mixed = request;
  truncated.truncation = 0.5F;
  mixed.mix = StyleMix{};
  for (const DrawRequest& other : {truncated, mixed})
    if (const auto more = model.needs(other); more && model.has_styles())
      for (const ModelPart& part : *more)
        if (std::ranges::none_of(parts, [&](const ModelPart& known) { return known.file == part.file; }))
          parts.push_back(part);
  return parts;
}

Result<Contents> contents_of(const PageOptions& options, const DrawRequest& request) {
  GANLET_TRY(const ModelFolder folder, find_model(options.model.name, options.model.directories()));
  const Limits limits;
  Contents contents;
  if (!std::filesystem::is_directory(folder.path)) {
    const std::string path = concat("models/", plain(folder.path.filename().string()));
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(folder.path, limits.file_bytes));
    GANLET_CHECK(add_file(contents, path, bytes));
    contents.model = concat(held, path);
  } else {
    const bool ends_in_slash = folder.path.filename().empty();
    const std::filesystem::path named = ends_in_slash ? folder.path.parent_path() : folder.path;
    const std::string id = plain(named.filename().string());
    ModelOptions opening;
    opening.backend = &Engine().backend();
    opening.part = options.model.part;
    GANLET_TRY(const Model model, Model::open(folder.description, opening));
    GANLET_TRY(const std::vector<ModelPart> parts, parts_of(model, request));
    GANLET_TRY(const std::vector<std::byte> json, read_whole(folder.path / "model.json", limits.file_bytes));
    GANLET_CHECK(add_file(contents, concat("models/", id, "/model.json"), json));
    for (const ModelPart& part : parts) {
      GANLET_TRY(const std::vector<std::byte> bytes, read_part(folder, part, limits));
      if (Result<void> checked = check_part(part, bytes, limits); !checked)
        return tl::unexpected(std::move(checked).error().within(folder.file_of(part).string()));
      GANLET_CHECK(add_file(contents, concat("models/", id, "/", part.file), bytes));
    }
    contents.model = id;
  }
  contents.files += "}";
  return contents;
}

/// The template with each {{name}} replaced by its value, in one pass: replacements aren't searched again.
std::string filled(std::string_view page, const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t begin = std::min(page.find("{{", at), page.size());
    out += page.substr(at, begin - at);
    const std::size_t end = page.find("}}", begin);
    if (end == page.npos) {
      out += page.substr(begin);
      break;
    }
    if (const auto found = values.find(page.substr(begin + 2, end - begin - 2)); found != values.end())
      out += found->second;
    at = end + 2;
  }
  return out;
}

Result<void> export_page(const PageOptions& options) {
  const DrawRequest request = options.flags.request();
  GANLET_TRY(const std::filesystem::path library, library_folder(options));
  GANLET_TRY(const std::vector<std::byte> page, read_whole(library / "page.html", most_script_bytes));
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(library / "ganlet-image.classic.js", most_script_bytes));
  std::string script = text_of(bytes);
  script.erase(std::min(script.rfind("\n})("), script.size())); // descriptions of the site's models (tools/bundle.mjs)
  script += "\n})({});\n";
  GANLET_TRY(const Contents contents, contents_of(options, request));
  TagFlags tag = options.tag;
  tag.attributes.emplace_back("loading", "eager");
  const std::string title = options.title.empty() ? concat("ganlet: ", options.model.name) : options.title;
  const std::string out = filled(text_of(page), {{"title", escaped(title)},
                                                 {"element", tag_of(contents.model, request, tag, "")},
                                                 {"files", contents.files},
                                                 {"script", script},
                                                 {"licenses", std::string(engine_licenses())},
                                                 {"hide-settings", options.plain ? "true" : "false"}});
  GANLET_CHECK(write_whole(options.output, std::as_bytes(std::span(out))));
  std::fprintf(stderr, "%s: %zu bytes\n", options.output.c_str(), out.size());
  return {};
}

} // namespace

void add_export_page(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<PageOptions>();
  CLI::App& command =
      *app.add_subcommand("export-page", "Write one HTML file that draws by itself: offline, from a disk, by e-mail");
  add_model(command, options->model);
  options->flags.add_all_but(command, {"style_shifts", "step"});
  options->tag.add(command);
  command.add_option("--title", options->title, "The page's title")->type_name("TEXT");
  command.add_flag("--plain", options->plain, "Without fields for text and seed");
  command.add_option("--library", options->library, "The folder ganlet/ of the built site")->type_name("DIR");
  command.add_option("-o,--output", options->output, "File to write")->type_name("FILE")->required();
  command.callback([options, &outcome] { outcome = export_page(*options); });
}

} // namespace ganlet::tool
