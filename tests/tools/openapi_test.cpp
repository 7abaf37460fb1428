// web/api/openapi.json against the table of a request's fields.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "generator/draw_request.h"
#include "program.h"

namespace ganlet::test {
namespace {

using nlohmann::json;

TEST(OpenApi, HasEachFieldOfARequestWithItsWords) {
  const json document = json::parse(content_of(GANLET_SOURCE_DIR "/web/api/openapi.json"));
  const json& parameters = document.at("components").at("parameters");
  std::vector<std::string> fields;
  for (const RequestField& field : request_fields()) {
    std::string name(field.name);
    std::ranges::replace(name, '_', '-');
    fields.push_back(name);
    ASSERT_TRUE(parameters.contains(name)) << name;
    const json& parameter = parameters.at(name);
    EXPECT_EQ(parameter.at("name"), name);
    const json& schema = parameter.at("schema");
    if (schema.contains("minimum"))
      EXPECT_EQ(schema.at("minimum").get<double>(), field.low) << name;
    if (schema.contains("maximum"))
      EXPECT_EQ(schema.at("maximum").get<double>(), field.high) << name;
  }
  EXPECT_EQ(parameters.size(), fields.size() + 2) << "beside size and n";
  for (const char* const path : {"/image/{model}.{format}", "/predict"}) {
    const std::string listed = document.at("paths").at(path).dump();
    for (const std::string& name : fields)
      EXPECT_NE(listed.find("#/components/parameters/" + name + "\""), std::string::npos) << path << " " << name;
  }
}

} // namespace
} // namespace ganlet::test
