#pragma once

#include <gtest/gtest.h>

#include "generator/model.h"

namespace ganlet::test {

/// What a model draws, which must succeed.
inline Image drawn(Model& model, const DrawRequest& request) {
  auto drawing = model.draw(request);
  EXPECT_TRUE(drawing) << drawing.error().text();
  if (!drawing)
    return {};
  const auto finished = drawing->finish();
  EXPECT_TRUE(finished) << finished.error().text();
  return drawing->picture();
}

} // namespace ganlet::test
