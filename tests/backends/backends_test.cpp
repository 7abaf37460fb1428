#include "backends/backends.h"

#include <gtest/gtest.h>

namespace ganlet {
namespace {

TEST(Backends, AreFoundByName) {
  ASSERT_FALSE(backends().empty());
  for (const Backend* backend : backends()) {
    EXPECT_FALSE(backend->description.empty());
#ifndef GANLET_TEST_GL
    if (backend->name == "gl")
      continue; // where there may be no driver
#endif
    const auto found = backend_named(backend->name);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(*found, backend);
  }
  EXPECT_TRUE(backend_named(default_backend));
}

TEST(Backends, AnUnknownNameIsToldWhichThereAre) {
  const auto found = backend_named("fpga\n");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), ErrorCode::not_found);
  EXPECT_EQ(found.error().message(), "there is no 'fpga?'; there are " + backend_names());
}

TEST(Backends, AreAllAmongTheChoices) {
  std::string choices = ", ";
  for (const std::string_view choice : backend_choices)
    choices += std::string(choice) + ", ";
  for (const Backend* backend : backends())
    EXPECT_NE(choices.find(", " + std::string(backend->name) + ", "), std::string::npos) << backend->name;
  EXPECT_TRUE(backend_names().ends_with(", " + std::string(backend_choices.back())));
#ifdef GANLET_TEST_GL
  EXPECT_EQ(backends().size() + 1, backend_choices.size());
#endif
}

TEST(Backends, DrawInAWindowAsTheirNamesSay) {
  for (const Backend* backend : backends())
    EXPECT_EQ(backend->make_picture != nullptr, may_draw_in_window(backend->name)) << backend->name;
}

} // namespace
} // namespace ganlet
