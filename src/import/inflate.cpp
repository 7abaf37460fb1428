#include "import/inflate.h"

#include <limits>

#include <zlib.h>

namespace ganlet::importing {

Result<std::vector<std::byte>> inflate(Bytes compressed, std::size_t size, Wrapping wrapping, std::string_view place) {
  std::vector<std::byte> out(size + 1); // one byte more, to detect that there is more data
  z_stream stream{};
  if (compressed.size() > std::numeric_limits<uInt>::max() || out.size() > std::numeric_limits<uInt>::max() ||
      inflateInit2(&stream, wrapping == Wrapping::zlib ? MAX_WBITS : -MAX_WBITS) != Z_OK)
    return fail(ErrorCode::limit_exceeded, place, "is too large to decompress");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = ::inflate(&stream, Z_FINISH);
  const auto written = static_cast<std::size_t>(stream.total_out);
  inflateEnd(&stream);
  if (ended != Z_STREAM_END || written != size)
    return fail(ErrorCode::corrupt, place, "its compressed bytes are damaged");
  out.resize(size);
  return out;
}

} // namespace ganlet::importing
