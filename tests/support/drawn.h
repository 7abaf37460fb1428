#pragma once

#include <gtest/gtest.h>

#include "generator/model.h"

namespace ganlet::test {

/// What a model draws, which must succeed.
inline Image drawn(Model& model, const DrawRequest& request) {
  auto picture = model.picture(request);
  EXPECT_TRUE(picture) << picture.error().text();
  return picture ? std::move(*picture) : Image{};
}

} // namespace ganlet::test
