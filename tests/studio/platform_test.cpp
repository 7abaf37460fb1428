#include <string>

#include <gtest/gtest.h>

#include "platform/gl.h"

namespace ganlet::platform {
namespace {

void nothing() {}

TEST(Gl, IsFilledByName) {
  Gl gl;
  ASSERT_TRUE(load_gl(gl, [](const char*) { return &nothing; }));
  EXPECT_NE(gl.Clear, nullptr);
  EXPECT_NE(gl.Viewport, nullptr);
}

TEST(Gl, NamesTheFunctionThatADriverLacks) {
  int functions = 0;
#define GANLET_GL_COUNT(result, name, parameters)                                                                      \
  {                                                                                                                    \
    Gl gl;                                                                                                             \
    const auto outcome =                                                                                               \
        load_gl(gl, [](const char* asked) { return std::string(asked) == "gl" #name ? nullptr : &nothing; });          \
    ASSERT_FALSE(outcome);                                                                                             \
    EXPECT_EQ(outcome.error().text(), "window: this driver of OpenGL has no gl" #name);                                \
    ++functions;                                                                                                       \
  }
  GANLET_GL_FUNCTIONS(GANLET_GL_COUNT)
#undef GANLET_GL_COUNT
  EXPECT_GT(functions, 30);
}

} // namespace
} // namespace ganlet::platform
