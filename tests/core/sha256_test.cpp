#include "core/sha256.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

std::string digest(std::string_view text) {
  return sha256_text(std::as_bytes(std::span(text)));
}

TEST(Sha256, KnownAnswersOfTheStandard) { // FIPS 180-4's examples
  EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/// A digest of the digests of "", "a", "aa", ... of 0 to 200 letters: every way in which the padding can fall. The
/// answer is coreutils': for n in $(seq 0 200); do printf "%*s" $n | tr ' ' a | sha256sum | cut -c -64; done | tr -d
/// '\n' | sha256sum
TEST(Sha256, EveryLengthOfTheLastBlock) {
  std::string digests;
  for (std::size_t length = 0; length <= 200; ++length)
    digests += digest(std::string(length, 'a'));
  EXPECT_EQ(digest(digests), "eb555248bd20c7831e511d4461b42c9b084e3a64b44d57b00051172f8afe03ff");
}

} // namespace
} // namespace ganlet
