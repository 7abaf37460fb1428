#pragma once

// What most tests include, precompiled: it takes longer to compile than the tests.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "graph/lower.h"
#include "onnx/writer.h"
