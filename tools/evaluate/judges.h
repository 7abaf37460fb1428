#pragma once

#include <string>

namespace ganlet::evaluate {

/// tools/evaluate/judges.txt: networks, seeds and schedules of both judges as they are by default, each with a SHA-256
/// of what decides it, so that no judge changes unnoticed between two measurements.
std::string judges_text();

} // namespace ganlet::evaluate
