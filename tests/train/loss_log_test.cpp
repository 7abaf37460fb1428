#include "loss_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::content_of;
using test::Folder;

LossLog opened(const Folder& folder, std::int64_t step) {
  Result<LossLog> log = LossLog::open(folder / "log.csv", step);
  EXPECT_TRUE(log) << log.error().text();
  return log ? std::move(*log) : LossLog();
}

ino_t file_number(const Folder& folder) {
  struct stat status{};
  EXPECT_EQ(::stat((folder / "log.csv").c_str(), &status), 0);
  return status.st_ino;
}

TEST(LossLog, AppendsItsRows) {
  const Folder folder;
  LossLog log = opened(folder, 0);
  log.add(1, {{"generator", 0.5}}, 100);
  ASSERT_TRUE(log.write());
  EXPECT_EQ(content_of(folder / "log.csv"), "step,generator,images_per_second\n1,0.5,100\n");
  const ino_t before = file_number(folder);
  log.add(2, {{"generator", -1}}, 101);
  ASSERT_TRUE(log.write());
  ASSERT_TRUE(log.write());
  EXPECT_EQ(content_of(folder / "log.csv"), "step,generator,images_per_second\n1,0.5,100\n2,-1,101\n");
  EXPECT_EQ(file_number(folder), before) << "the whole file was written again";
}

TEST(LossLog, ContinuesBehindTheStepOfACheckpoint) {
  const Folder folder;
  test::write_content(folder / "log.csv", "step,generator,images_per_second\n1,0.5,100\n2,0.4,100\n3,0.3,100\n4,0.");
  LossLog log = opened(folder, 2);
  EXPECT_EQ(content_of(folder / "log.csv"), "step,generator,images_per_second\n1,0.5,100\n2,0.4,100\n");
  log.add(3, {{"generator", 0.25}}, 100);
  ASSERT_TRUE(log.write());
  EXPECT_EQ(content_of(folder / "log.csv"), "step,generator,images_per_second\n1,0.5,100\n2,0.4,100\n3,0.25,100\n");
}

} // namespace
} // namespace ganlet::train
