// Every request of tests/requests.jsonl through messages to the studio's worker: the model's own picture, byte for
// byte, or the error that all roads give.

#include <fstream>
#include <map>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "studio/both_sides.h"

namespace ganlet::studio {
namespace {

using nlohmann::json;

/// A model behind the worker, and the same one without.
struct Road {
  test::BothSides sides;
  std::shared_ptr<const RemoteModel> remote;
  Result<Model> direct;

  explicit Road(const std::string& folder) : remote(sides.load(folder)), direct(load_model(folder)) {}
};

json answer_of(const Error& error) {
  return {{"code", std::string(name_of(error.code()))}, {"place", error.place()}, {"message", error.message()}};
}

TEST(Requests, ComeOutOfTheWorkerAsOutOfTheModel) {
  std::map<std::string, std::unique_ptr<Road>> roads;
  std::ifstream lines(GANLET_SOURCE_DIR "/tests/requests.jsonl");
  int pictures = 0, errors = 0;
  for (std::string line; std::getline(lines, line);) {
    SCOPED_TRACE(line.substr(0, 200));
    const json row = json::parse(line);
    const Result<DrawRequest> request = request_of_json(row["request"].dump());
    if (!request) {
      ++errors;
      EXPECT_EQ(answer_of(request.error()), row["error"]);
      continue;
    }
    const std::string id = row["model"];
    if (!roads[id])
      roads[id] = std::make_unique<Road>(GANLET_SOURCE_DIR "/models/" + id);
    Road& road = *roads[id];
    ASSERT_TRUE(road.remote && road.direct);
    const Result<Drawing> drawn = road.sides.answer(JobKind::picture, DrawJob{road.remote->number, *request});
    if (row.contains("error")) {
      ++errors;
      ASSERT_FALSE(drawn);
      EXPECT_EQ(answer_of(drawn.error()), row["error"]);
      continue;
    }
    ++pictures;
    ASSERT_TRUE(drawn) << drawn.error().text();
    const Result<Image> wanted = road.direct->picture(*request);
    ASSERT_TRUE(wanted) << wanted.error().text();
    EXPECT_EQ(std::tie(drawn->picture.width, drawn->picture.height), std::tie(wanted->width, wanted->height));
    EXPECT_TRUE(drawn->picture.pixels == wanted->pixels);
  }
  EXPECT_GE(pictures, 60);
  EXPECT_GE(errors, 20);
}

} // namespace
} // namespace ganlet::studio
