#include "image/whole_file.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>

namespace {

int changes_of_umask = 0;
std::vector<ino_t> put_on_disk; // files and folders, in their order

mode_t set_umask(mode_t mask) {
  return static_cast<mode_t>(::syscall(SYS_umask, mask));
}

} // namespace

// These stand in front of the C library's.
extern "C" mode_t umask(mode_t mask) {
  ++changes_of_umask;
  return set_umask(mask);
}
extern "C" int fsync(int descriptor) {
  struct stat status{};
  ::fstat(descriptor, &status);
  put_on_disk.push_back(status.st_ino);
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
#endif

namespace ganlet {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class WholeFile : public ::testing::Test {
 protected:
  WholeFile() {
    std::string name = (fs::temp_directory_path() / "ganlet-whole-file-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~WholeFile() override { fs::remove_all(folder); }
  std::size_t files() const { return std::distance(fs::directory_iterator(folder), fs::directory_iterator()); }
  fs::path folder;
};

TEST_F(WholeFile, WritesAndReadsBack) {
  ASSERT_TRUE(write_whole(folder / "a", bytes("hello")));
  const auto back = read_whole(folder / "a", 5);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_TRUE(std::ranges::equal(*back, bytes("hello")));
  EXPECT_EQ(files(), 1U);
}

#if defined(__linux__)
TEST_F(WholeFile, LeavesTheUmaskAlone) {
  const mode_t mask = set_umask(077);
  changes_of_umask = 0;
  ASSERT_TRUE(write_whole(folder / "a", bytes("x")));
  EXPECT_EQ(changes_of_umask, 0) << "another thread's new file would have had no mask meanwhile";
  set_umask(mask);
  struct stat status{};
  ASSERT_EQ(::stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}
#endif

#if defined(__linux__)
TEST_F(WholeFile, PutsContentAndThenItsNameOnTheDisk) {
  const auto number = [](const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_ino;
  };
  put_on_disk.clear();
  ASSERT_TRUE(write_whole(folder / "a", bytes("x")));
  EXPECT_EQ(put_on_disk, (std::vector<ino_t>{number(folder / "a"), number(folder)}));
}
#endif

TEST_F(WholeFile, ReplacesAndKeepsPermissions) {
  ASSERT_TRUE(write_whole(folder / "a", bytes("a long old text")));
  fs::permissions(folder / "a", fs::perms(0640));
  ASSERT_TRUE(write_whole(folder / "a", bytes("new")));
  EXPECT_EQ(content(folder / "a"), "new");
  EXPECT_EQ(fs::status(folder / "a").permissions(), fs::perms(0640));
}

TEST_F(WholeFile, NewFilesFollowTheUmask) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_whole(folder / "a", bytes("new")));
  ::umask(before);
  EXPECT_EQ(fs::status(folder / "a").permissions(), fs::perms(0640));
}

TEST_F(WholeFile, AFullDiskLeavesTheOldFileAndNothingElse) {
  ASSERT_TRUE(write_whole(folder / "a", bytes("old")));
  struct rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small{1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto result = write_whole(folder / "a", std::vector<std::byte>(5000));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::io);
  EXPECT_EQ(result.error().message(), "writing failed: File too large");
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(WholeFile, ThroughALinkItReplacesTheFileBehindIt) {
  ASSERT_TRUE(write_whole(folder / "a", bytes("old")));
  fs::create_symlink("a", folder / "link");
  ASSERT_TRUE(write_whole(folder / "link", bytes("new")));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(content(folder / "a"), "new");
}

TEST_F(WholeFile, NamesWhatCantBeWritten) {
  const auto missing = write_whole(folder / "no" / "a", bytes("x"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::not_found);
  EXPECT_EQ(missing.error().text(), (folder / "no" / "a").string() + ": can't be written: No such file or directory");
  const auto directory = write_whole(folder, bytes("x"));
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().text(), folder.string() + ": can't be written: it is a directory");
}

TEST_F(WholeFile, PipesAreWrittenDirectly) {
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const int reader = ::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  ASSERT_TRUE(write_whole(folder / "pipe", bytes("hello")));
  char text[8] = {};
  EXPECT_EQ(::read(reader, text, sizeof text), 5);
  EXPECT_STREQ(text, "hello");
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
}

TEST_F(WholeFile, ReadingSaysWhatIsWrong) {
  EXPECT_EQ(read_whole(folder / "a", 9).error().text(),
            (folder / "a").string() + ": can't be read: No such file or directory");
  EXPECT_EQ(read_whole(folder, 9).error().text(), folder.string() + ": can't be read: Is a directory");
  ASSERT_TRUE(write_whole(folder / "a", bytes("hello")));
  const auto big = read_whole(folder / "a", 4);
  ASSERT_FALSE(big);
  EXPECT_EQ(big.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(big.error().message(), "has more than 4 bytes");
}

TEST_F(WholeFile, ReadingARegularFileDoesntWaitForAPipe) {
  ASSERT_TRUE(write_whole(folder / "a", bytes("hello")));
  EXPECT_EQ(read_regular(folder / "a", 5).value().size(), 5U);
  EXPECT_EQ(read_regular(folder / "a", 4).error().message(), "has more than 4 bytes");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const fs::path& other : {folder / "pipe", folder, fs::path("/dev/zero")})
    EXPECT_EQ(read_regular(other, 9).error().text(), other.string() + ": can't be read: it isn't a regular file");
}

TEST_F(WholeFile, ReadingAnEndlessDeviceStopsAtTheLimit) {
  EXPECT_EQ(read_whole("/dev/zero", 1 << 20).error().message(), "has more than 1048576 bytes");
}

} // namespace
} // namespace ganlet
