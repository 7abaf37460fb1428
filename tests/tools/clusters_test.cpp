// tools/batch: the recipes for many processes answer every line once.

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.h"

namespace ganlet::test {
namespace {

using nlohmann::json;

class Clusters : public testing::Test {
 protected:
  Clusters() {
    std::string lines;
    for (int i = 0; i < 60; ++i)
      lines += json{{"key", i}, {"seed", i}, {"label", i % 10}}.dump() + "\n";
    write_content(folder / "lines", lines);
    EXPECT_EQ(run_program(folder, "batch digits <" + (folder / "lines").string()).status, 0);
    alone = content_of(folder / "stdout");
  }

  int run(const std::string& command) {
    return std::system(("cd " GANLET_SOURCE_DIR " && export GANLET=" GANLET_PROGRAM " && " + command).c_str());
  }

  Folder folder;
  std::string alone; ///< the answers of one process
};

TEST_F(Clusters, ParallelAnswersInOrder) {
  if (std::system("parallel --version 2>/dev/null | grep -q 'GNU parallel'") != 0)
    GTEST_SKIP() << "no GNU parallel";
  const std::string lines = (folder / "lines").string(), out = (folder / "out").string();
  ASSERT_EQ(run("JOBS=2 BLOCK=500 tools/batch/parallel.sh digits <" + lines + " >" + out), 0);
  EXPECT_EQ(content_of(out), alone);
}

TEST_F(Clusters, EachTaskOfAnArrayAnswersItsShare) {
  const std::string answers = (folder / "answers").string();
  for (int task = 1; task <= 3; ++task)
    ASSERT_EQ(run("SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_ID=" + std::to_string(task) +
                  " tools/batch/slurm.sh digits " + (folder / "lines").string() + " " + answers),
              0);
  std::vector<std::string> wanted, found;
  std::istringstream all(alone);
  for (std::string line; std::getline(all, line);)
    wanted.push_back(line);
  for (const char* const task : {"1", "2", "3"}) {
    std::istringstream stream(content_of(answers + "/" + task + ".jsonl"));
    for (std::string line; std::getline(stream, line);)
      found.push_back(line);
  }
  EXPECT_EQ(found.size(), 60);
  std::ranges::sort(wanted);
  std::ranges::sort(found);
  EXPECT_EQ(found, wanted);
}

} // namespace
} // namespace ganlet::test
