#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace ganlet::test {

/// The bytes of an ONNX file written down in Protocol Buffers' text format
/// (https://protobuf.dev/reference/protobuf/textformat-spec/):
///
///     ir_version: 8
///     graph { node { op_type: "Relu" input: "x" output: "y" } }
///
/// Whatever is written is encoded, right or wrong; numbers may stand for names of fields that ONNX doesn't have. One
/// thing more than the format has: `bytes: "\x08"` puts bytes into a message as they are. Throws std::runtime_error,
/// with the line, where the text itself is wrong.
std::vector<std::byte> onnx_from_text(std::string_view text);

} // namespace ganlet::test
