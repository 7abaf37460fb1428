// ganlet-train, run as a user runs it.

#include <gtest/gtest.h>

#include "synthetic.h"
#include "tools/program.h"

namespace ganlet::test {
namespace {

std::string training(const Folder& data, const Folder& run, const std::string& more) {
  return "cgan --data " + data.path().string() + " -o " + (run / "run").string() + " --threads 1 --batch 10 " + more;
}

TEST(TrainProgram, TrainsAndExports) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  const Outcome trained = run_program(run, training(data, run, "--steps 3 --samples-every 2"));
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_NE(trained.err.find("precision: "), std::string::npos) << trained.err;
  EXPECT_NE(trained.err.find("3/3"), std::string::npos) << trained.err;
  for (const char* name :
       {"run/state.pt", "run/config.json", "run/log.csv", "run/samples/step_000002.png", "run/samples/step_000003.png"})
    EXPECT_TRUE(std::filesystem::exists(run / name)) << name;
  const Outcome exported =
      run_program(run, "export " + (run / "run").string() + " -o " + (run / "model.onnx").string());
  EXPECT_EQ(exported.status, 0) << exported.err;
  EXPECT_GT(std::filesystem::file_size(run / "model.onnx"), 1'000'000U);
}

TEST(TrainProgram, DoesNotOverwriteARun) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  ASSERT_EQ(run_program(run, training(data, run, "--steps 1 --precision f32")).status, 0);
  const Outcome again = run_program(run, training(data, run, "--steps 2 --precision f32"));
  EXPECT_EQ(again.status, 1);
  EXPECT_NE(again.err.find("already holds a run: --resume continues it"), std::string::npos) << again.err;
  const Outcome resumed = run_program(run, training(data, run, "--steps 2 --resume"));
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("resuming after step 1"), std::string::npos) << resumed.err;
}

TEST(TrainProgram, InterruptSavesACheckpoint) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  const std::string first_sample = (run / "run/samples/step_000001.png").string();
  const std::string script =
      training(data, run, "--steps 100000 --precision f32 --samples-every 1 --save-every 100000") +
      " & pid=$!; while ! [ -e " + first_sample +
      " ]; do kill -0 $pid || exit 99; sleep 0.05; done; kill -INT $pid; wait $pid";
  const Outcome stopped = run_program(run, script);
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  EXPECT_TRUE(std::filesystem::exists(run / "run/state.pt"));
  const Outcome exported =
      run_program(run, "export " + (run / "run").string() + " -o " + (run / "model.onnx").string());
  EXPECT_EQ(exported.status, 0) << exported.err;
}

TEST(TrainProgram, WrongUseIsStatus2AndFailureStatus1) {
  const Folder data, run;
  EXPECT_EQ(run_program(run, "").status, 2);
  EXPECT_EQ(run_program(run, "cgan").status, 2);
  EXPECT_EQ(run_program(run, training(data, run, "--steps none")).status, 2);
  const Outcome no_data = run_program(run, training(data, run, "--steps 1"));
  EXPECT_EQ(no_data.status, 1);
  EXPECT_NE(no_data.err.find("train-images-idx3-ubyte: no such file, nor one with .gz"), std::string::npos)
      << no_data.err;
  const Outcome nothing_to_resume = run_program(run, training(data, run, "--resume"));
  EXPECT_EQ(nothing_to_resume.status, 1);
  EXPECT_NE(nothing_to_resume.err.find("there is no checkpoint to resume from"), std::string::npos)
      << nothing_to_resume.err;
}

} // namespace
} // namespace ganlet::test
