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
#include "generator/model_json.h"
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
    folders = {"build/web/site/ganlet", "build/demo-web/site/ganlet", "ganlet"}; // demo.sh builds the second
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

/// A file or folder name with characters that are nothing else in URLs, and in names of models.
std::string plain(std::string name) {
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-'; }, '_');
  return name;
}

Result<void> add_file(Contents& contents, const std::string& path, std::span<const std::byte> bytes) {
  GANLET_TRY(const std::string text, packed(bytes));
  contents.files += concat(contents.files.empty() ? "{" : ",", quoted_json(path), ":\"", text, "\"");
  return {};
}

/// What pictures of a model are drawn from, by the files' names; a bare file has none.
using PartFiles = std::map<std::string, std::vector<std::byte>>;

/// Opens the model and begins its picture as `generate` does, and whichever a reader may choose: truncation and mixing
/// need further parts. Errors: invalid_argument for what a page can't draw.
Result<PartFiles> files_to_draw(const PageOptions& options, const ModelFolder& folder, DrawRequest request) {
  PartFiles files;
  LoadOptions load = load_options(options.model, Engine());
  load.on_read = [&](const ModelPart& part, std::span<const std::byte> bytes) {
    files.insert_or_assign(part.file, std::vector<std::byte>(bytes.begin(), bytes.end()));
  };
  GANLET_TRY(Model model, load_model(folder, load));
  if (model.takes_pictures())
    return fail(ErrorCode::invalid_argument, options.model.name,
                "makes pictures of pictures, and a page in one file has none to give it: use `ganlet apply`, or a page "
                "of your own with <ganlet-image> and its apply()");
  if (request.text && is_live(*request.text)) {
    GANLET_CHECK(check_live(*request.text));
    request.text = live_symbols;
  }
  GANLET_CHECK(model.draw(request));
  if (model.has_styles()) {
    DrawRequest truncated = request, mixed = request;
    truncated.truncation = 0.5F;
    mixed.mix = StyleMix{};
    GANLET_CHECK(model.draw(truncated, Keep::nothing));
    GANLET_CHECK(model.draw(mixed, Keep::nothing));
  }
  return files;
}

std::string folder_name(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::canonical(folder, ignored).filename().string(); // also of "." and of what ends in a slash
}

Result<Contents> contents_of(const PageOptions& options, const ModelFolder& folder, const DrawRequest& request) {
  GANLET_TRY(const PartFiles files, files_to_draw(options, folder, request));
  Contents contents;
  if (!std::filesystem::is_directory(folder.path)) {
    const std::string path = concat("models/", plain(folder.description.id), ".onnx");
    GANLET_CHECK(add_file(contents, path, files.begin()->second));
    contents.model = concat(held, path);
  } else {
    contents.model = plain(folder_name(folder.path));
    GANLET_TRY(const std::vector<std::byte> json, read_whole(folder.path / "model.json", most_json_bytes));
    GANLET_CHECK(add_file(contents, concat("models/", contents.model, "/model.json"), json));
    for (const auto& [file, bytes] : files)
      GANLET_CHECK(add_file(contents, concat("models/", contents.model, "/", file), bytes));
  }
  contents.files += "}";
  return contents;
}

/// Whether a model is one of the library's, all of which the engine in its script draws.
bool is_of_library(const ModelFolder& folder, const std::filesystem::path& library) {
  const auto own = read_whole(folder.path / "model.json", most_json_bytes);
  const auto there = read_whole(library / "models" / folder_name(folder.path) / "model.json", most_json_bytes);
  return own && there && *own == *there;
}

/// The library's classic script, without the descriptions of the library's models (tools/bundle.mjs). A model of one's
/// own may need the engine with all parts, which then takes the place of the other.
Result<std::string> script_of(const std::filesystem::path& library, const ModelFolder& folder) {
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(library / "ganlet-image.classic.js", most_script_bytes));
  std::string script = text_of(bytes);
  script.erase(std::min(script.rfind("\n})("), script.size()));
  script += "\n})({});\n";
  if (is_of_library(folder, library))
    return script;
  constexpr std::string_view before = "const engine = '";
  const std::size_t begin = script.find(before), end = script.find('\'', begin + before.size());
  if (begin == script.npos || end == script.npos)
    return fail(ErrorCode::corrupt, (library / "ganlet-image.classic.js").string(), "has no engine: build it again");
  GANLET_TRY(const std::vector<std::byte> engine, read_whole(library / "ganlet-any.wasm", most_script_bytes));
  GANLET_TRY(const std::string text, packed(engine));
  return script.replace(begin + before.size(), end - begin - before.size(), text);
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
  GANLET_TRY(ModelFolder folder, find_model(options.model.name, options.model.directories()));
  folder.chain = options.model.chain;
  GANLET_TRY(const std::string script, script_of(library, folder));
  GANLET_TRY(const Contents contents, contents_of(options, folder, request));
  TagFlags tag = options.tag;
  tag.set_part(options.model.part);
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
