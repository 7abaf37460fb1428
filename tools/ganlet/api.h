#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "model_pool.h"
#include "options.h"

/// Pictures by URL, independent of HTTP: takes requests and returns answers. web/api/openapi.json describes them and is
/// the table of paths and methods; the service worker (web/api/worker.js) gives the same answers without a server.
namespace ganlet::tool {

struct ApiLimits {
  std::int64_t body_bytes = std::int64_t{8} << 20;
  std::int64_t lines = 1000;                      ///< in a batch
  std::int64_t side = 2048;                       ///< the largest `size`
  std::int64_t pixels = std::int64_t{1} << 22;    ///< of a picture at the model's own size
  std::int64_t run_units = std::int64_t{1} << 32; ///< work of one run, between two checks of the time
  std::int64_t at_once = 1;                       ///< requests that are processed at the same time, at most 256
  std::chrono::milliseconds time = std::chrono::seconds(10); ///< for a request, from its arrival
};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct ApiRequest {
  std::string method; ///< HEAD is answered as GET
  std::string path;   ///< below api/: "image/digits.png"
  Fields query;
  std::string type; ///< the body's media type, in lower case and without parameters
  std::string body;
  Fields form; ///< the fields of a form in the body, in either encoding
};

struct ApiAnswer {
  int status = 200;
  std::string type;
  Fields headers;
  std::string body;
  /// For an answer that is sent while it is produced: returns the next piece, and an empty one at the end. After an
  /// error the answer can't be finished.
  std::function<Result<std::string>()> next;
};

/// An error as the API reports it: {"error": {"code", "message", "place"}}.
ApiAnswer refused(int status, const Error& error);

/// Splits `a=1&b=two%20words`, in order. Invalid escapes are left as they are.
Fields parsed_query(std::string_view text);

/// Answers requests. Thread-safe.
class Api {
 public:
  Api(std::vector<std::filesystem::path> models, const Engine& engine, ApiLimits limits);

  const ApiLimits& limits() const { return limits_; }
  ApiAnswer answer(const ApiRequest& request);
  /// The methods that a path accepts; empty for an unknown path.
  std::vector<std::string> methods_of(const std::string& path) const;

 private:
  struct Call;
  struct Route {
    std::vector<std::string> methods;
    Result<ApiAnswer> (Api::*answer)(const Call&);
  };

  const Route* route_of(const std::string& path) const;
  Result<void> check_time(const Call& call) const;
  Result<Image> draw(Model& model, const DrawRequest& request, const Call& call) const;

  Result<ApiAnswer> image(const Call& call);
  Result<ApiAnswer> models(const Call& call);
  Result<ApiAnswer> predict(const Call& call);
  Result<ApiAnswer> mnist(const Call& call);
  Result<ApiAnswer> batch(const Call& call);
  Result<ApiAnswer> encode(const Call& call);
  Result<ApiAnswer> openapi(const Call& call);

  ApiLimits limits_;
  ModelPool pool_;
  std::vector<std::pair<std::string, Route>> routes_; ///< by the first word of the path
  std::counting_semaphore<256> places_;
};

} // namespace ganlet::tool
