#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <CLI/Validators.hpp>

#include "api.h"
#include "commands.h"
#include "core/text.h"
#include "options.h"

/// `ganlet serve`: the API, and optionally a site, over HTTP.
namespace ganlet::tool {

namespace {

struct ServeOptions {
  ModelChoice model; ///< its directory alone
  Engine engine;     ///< without its threads
  std::string host = "127.0.0.1";
  int port = 8080;
  int threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
  int connections = 64;
  double seconds = 10;
  std::int64_t body_bytes = ApiLimits().body_bytes;
  std::string site;
};

/// What is known about the request that this thread answers.
struct Seen {
  std::optional<std::chrono::steady_clock::time_point> start; ///< empty for what is no HTTP
  std::chrono::steady_clock::time_point late;                 ///< when its body must have come
  std::chrono::steady_clock::time_point cut;                  ///< when an answer that is still being sent ends
  std::uint64_t bytes = 0;                                    ///< of a streamed answer
};
thread_local Seen seen;

/// The part of a path after the folder `api/`, or the old name `mnist`; empty for other paths.
std::optional<std::string> api_path_of(const std::string& path) {
  constexpr std::string_view folder = "/api/", old_name = "/mnist";
  if (const std::size_t at = path.find(folder); at != path.npos)
    return path.substr(at + folder.size());
  return path.ends_with(old_name) ? std::optional<std::string>(old_name.substr(1)) : std::nullopt;
}

/// "text/plain" of "Text/Plain; charset=utf-8"
std::string media_type_of(const httplib::Request& request) {
  std::string type = request.get_header_value("Content-Type");
  type.resize(std::min(type.find(';'), type.size()));
  while (type.ends_with(' '))
    type.pop_back();
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

void send(ApiAnswer answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers)
    response.set_header(name, value);
  response.set_header("X-Content-Type-Options", "nosniff");
  if (answer.status < 400) // shows <ganlet-image>'s script that a server has drawn the picture, so the page needn't
    response.set_header("Server-Timing", "ganlet");
  if (answer.next)
    response.set_chunked_content_provider(answer.type, [next = answer.next](std::size_t, httplib::DataSink& sink) {
      const Result<std::string> piece = next();
      if (!piece || std::chrono::steady_clock::now() > seen.cut)
        return false;
      seen.bytes += piece->size();
      if (piece->empty())
        sink.done();
      return piece->empty() || sink.write(piece->data(), piece->size());
    });
  else if (!answer.type.empty())
    response.set_content(std::move(answer.body), answer.type);
}

ApiRequest request_of(const httplib::Request& request, std::string path) {
  ApiRequest asked{request.method, std::move(path), {}, media_type_of(request), {}, {}};
  if (const std::size_t query = request.target.find('?'); query != request.target.npos)
    asked.query = parsed_query(std::string_view(request.target).substr(query + 1));
  return asked;
}

/// Reads a request's body or form. Errors: limit_exceeded; cancelled if it doesn't come, or too slowly.
Result<void> read_body(const httplib::Request& request, const httplib::Response& response,
                       const httplib::ContentReader& read, std::int64_t most, ApiRequest& asked) {
  std::int64_t left = most;
  const auto append = [&](std::string& to, const char* data, std::size_t size) {
    left -= static_cast<std::int64_t>(size);
    if (left >= 0)
      to.append(data, size);
    return left >= 0 && std::chrono::steady_clock::now() < seen.late;
  };
  bool is_whole = false;
  if (request.is_multipart_form_data())
    is_whole = read(
        [&](const auto& part) {
          asked.form.emplace_back(part.name, "");
          return asked.form.size() <= 64;
        },
        [&](const char* data, std::size_t size) {
          return !asked.form.empty() && append(asked.form.back().second, data, size);
        });
  else
    is_whole = read([&](const char* data, std::size_t size) { return append(asked.body, data, size); });
  if (left < 0 || response.status == 413) // which the library sets for a length that the headers tell
    return fail(ErrorCode::limit_exceeded, "body", concat("has more than ", most, " bytes"));
  if (!is_whole && std::chrono::steady_clock::now() >= seen.late)
    return fail(ErrorCode::cancelled, "body", "took too long to come");
  if (!is_whole)
    return fail(ErrorCode::invalid_argument, "body", "ends early, or has more than 64 fields");
  if (asked.type == "application/x-www-form-urlencoded")
    asked.form = parsed_query(asked.body);
  return {};
}

int status_of(const Error& error) {
  return error.code() == ErrorCode::limit_exceeded ? 413 : error.code() == ErrorCode::cancelled ? 408 : 400;
}

/// A file of the site; empty for a path that could lead out of it or to a hidden file.
std::optional<std::string> site_file(const std::string& site, const std::string& path) {
  const bool is_plain = path.starts_with('/') && path.find("/.") == path.npos && path.find("//") == path.npos &&
                        path.find('\\') == path.npos && path.find('\0') == path.npos;
  if (site.empty() || !is_plain)
    return std::nullopt;
  std::filesystem::path file = std::filesystem::path(site) / path.substr(1);
  std::error_code ignored;
  if (path.ends_with('/'))
    file /= "index.html";
  return std::filesystem::is_regular_file(file, ignored) ? std::optional(file.string()) : std::nullopt;
}

std::string site_type(const std::filesystem::path& file) {
  using Type = std::pair<std::string_view, const char*>;
  const Type types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript"},
      {".css", "text/css"},
      {".json", "application/json"},
      {".wasm", "application/wasm"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".webmanifest", "application/manifest+json"},
      {".md", "text/markdown; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
  };
  const std::string extension = file.extension().string();
  const auto* const found = std::ranges::find(types, std::string_view(extension), &Type::first);
  return found == std::end(types) ? "application/octet-stream" : found->second;
}

/// Logs one line of JSON per request.
void log(const httplib::Request& request, const httplib::Response& response) {
  const auto end = std::chrono::steady_clock::now();
  const auto milliseconds = std::chrono::duration<double, std::milli>(end - seen.start.value_or(end));
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const nlohmann::ordered_json line{
      {"time", static_cast<double>(now.count()) / 1000},
      {"from", request.remote_addr},
      {"method", request.method},
      {"target", request.target},
      {"status", response.status},
      {"bytes", std::max({seen.bytes, std::uint64_t{response.body.size()}, std::uint64_t{response.content_length_}})},
      {"ms", std::round(10 * milliseconds.count()) / 10},
  };
  std::puts(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
  std::fflush(stdout);
  seen = {};
}

void add_routes(httplib::Server& server, Api& api, const std::string& site) {
  const auto plain = [&api, site](const httplib::Request& request, httplib::Response& response) {
    if (const auto path = api_path_of(request.path)) {
      send(api.answer(request_of(request, *path)), response);
      return;
    }
    const auto file = site_file(site, request.path);
    if (file && request.method != "GET" && request.method != "HEAD") {
      send(refused(405, Error(ErrorCode::invalid_argument, "method", "must be GET or HEAD")), response);
      response.set_header("Allow", "GET, HEAD");
    } else if (file) {
      response.set_header("Cache-Control", "no-cache");
      response.set_file_content(*file, site_type(*file));
    } else {
      send(refused(404, Error(ErrorCode::not_found, "path", "there is nothing here; api/openapi.json lists what is")),
           response);
    }
  };
  const auto with_body = [&api, plain](const httplib::Request& request, httplib::Response& response,
                                       const httplib::ContentReader& read) {
    const auto path = api_path_of(request.path);
    ApiRequest asked = request_of(request, path.value_or(""));
    const Result<void> whole = read_body(request, response, read, api.limits().body_bytes, asked);
    if (!path)
      plain(request, response);
    else if (whole)
      send(api.answer(asked), response);
    else
      send(refused(status_of(whole.error()), whole.error()), response);
  };
  const char* const all = ".*";
  server.Get(all, plain).Options(all, plain);
  server.Post(all, with_body).Put(all, with_body).Patch(all, with_body).Delete(all, with_body);
}

/// Explains what the library refuses by itself: requests that aren't HTTP, or whose headers or bodies are too long.
void explain(const httplib::Request&, httplib::Response& response) {
  if (response.body.empty() && !response.has_header("Content-Type") && response.status >= 400)
    send(
        refused(response.status, Error(response.status == 413 ? ErrorCode::limit_exceeded : ErrorCode::invalid_argument,
                                       "", httplib::status_message(response.status))),
        response);
}

void configure(httplib::Server& server, const ServeOptions& options) {
  const auto connections = static_cast<std::size_t>(options.connections);
  // The same number again may wait for a thread; further connections are closed at once.
  server.new_task_queue = [connections] { return new httplib::ThreadPool(connections, connections); };
  server.set_payload_max_length(static_cast<std::size_t>(options.body_bytes));
  server.set_read_timeout(5).set_write_timeout(5).set_tcp_nodelay(true);
  // One request a connection: what is left of one, or is written so that a proxy sees another length, is no further
  // one.
  server.set_keep_alive_max_count(1);
  // The library's default options would share the port with another server.
  server.set_socket_options([](auto socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  const auto time = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * options.seconds));
  server.set_pre_routing_handler([time](const auto&, auto&) {
    const auto now = std::chrono::steady_clock::now();
    seen = {now, now + time, now + 2 * time, 0};
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_error_handler(explain);
  server.set_logger(log);
}

Result<void> serve(const ServeOptions& options) {
  ApiLimits limits;
  limits.body_bytes = options.body_bytes;
  limits.at_once = options.threads;
  limits.time = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * options.seconds));
  Api api(options.model.directories(), options.engine, limits);
  httplib::Server server;
  configure(server, options);
  add_routes(server, api, options.site);
  // Threads that are started from here on leave these signals to this thread.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const int port = options.port == 0                                 ? server.bind_to_any_port(options.host)
                   : server.bind_to_port(options.host, options.port) ? options.port
                                                                     : -1;
  if (port < 0)
    return fail(ErrorCode::io, concat(options.host, ":", options.port), "can't be listened at; is it taken?");
  std::thread listening([&] { server.listen_after_bind(); });
  server.wait_until_ready();
  std::fprintf(stderr, "ganlet: http://%s:%d/api/openapi.json\n", options.host.c_str(), port);
  int signal = 0;
  sigwait(&ends, &signal);
  server.stop(); // finishes requests in progress, and accepts no more
  listening.join();
  return {};
}

} // namespace

void add_serve(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App& command = *app.add_subcommand(
      "serve", "Answer requests for pictures by URL, as api/openapi.json describes, until SIGINT or SIGTERM.\n"
               "Standard output has a line of JSON for each request.");
  command.add_option("--host", options->host, "The address to listen at; 0.0.0.0 is all of this machine's")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command.add_option("--port", options->port, "0 takes any free one, which standard error tells")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command.add_option("--models", options->model.directory, "Where to look for ids first")->type_name("DIR");
  command.add_option("--site", options->site, "A folder to serve beside the API, such as build/web/site")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command.add_option("--threads", options->threads, "Requests that are worked on at once; others wait")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command.add_option("--connections", options->connections, "Connections that are open at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command.add_option("--timeout", options->seconds, "Seconds that a request may take, with its waiting")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  command.add_option("--body-limit", options->body_bytes, "Bytes of a request's body")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 30))
      ->capture_default_str();
  add_backend(command, options->engine);
  command.callback([options, &outcome] { outcome = serve(*options); });
}

} // namespace ganlet::tool
