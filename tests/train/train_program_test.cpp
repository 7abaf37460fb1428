// ganlet-train, run as a user runs it.

#include <set>

#include <gtest/gtest.h>

#include "image/image_writer.h"
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

TEST(TrainProgram, LeavesSamplesOfEachEpochUnlessStepsAreAskedFor) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  const Outcome trained = run_program(run, training(data, run, "--epochs 2 --precision f32 --plot --log-every 1"));
  ASSERT_EQ(trained.status, 0) << trained.err;
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(run / "run/samples"))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"epoch_001.png", "epoch_002.png"}));
  for (const char* name : {"run/losses.svg", "run/losses.png"})
    EXPECT_TRUE(std::filesystem::exists(run / name)) << name;
  std::filesystem::remove(run / "run/losses.svg");
  const Outcome plotted = run_program(run, "plot " + (run / "run").string());
  EXPECT_EQ(plotted.status, 0) << plotted.err;
  EXPECT_NE(content_of(run / "run/losses.svg").find(">discriminator<"), std::string::npos);
}

// Ten epochs are 30 steps; the process is killed after the first checkpoint that it leaves on its own.
TEST(TrainProgram, LeavesACheckpointEveryTenEpochs) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  const std::string state = (run / "run/state.pt").string();
  const Outcome killed =
      run_program(run, training(data, run, "--steps 100000 --precision f32 --samples-every 0 --along 0") +
                           " & pid=$!; while ! [ -e " + state +
                           " ]; do kill -0 $pid || exit 99; sleep 0.01; done; kill -KILL $pid; wait $pid");
  ASSERT_NE(killed.status, 99) << killed.err;
  const Outcome resumed = run_program(run, training(data, run, "--steps 31 --resume"));
  const std::string words = "resuming after step ";
  ASSERT_NE(resumed.err.find(words), std::string::npos) << resumed.err;
  EXPECT_EQ(std::stoi(resumed.err.substr(resumed.err.find(words) + words.size())) % 30, 0) << resumed.err;
}

// A file size limit stands in for a full disk: losses and pictures fit, a checkpoint doesn't.
TEST(TrainProgram, FullDiskIsAnErrorAndKeepsTheCheckpointBefore) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  ASSERT_EQ(run_program(run, training(data, run, "--steps 2 --precision f32 --along 0")).status, 0);
  const std::string before = content_of(run / "run/state.pt");
  const Outcome full = run_program(run, "--help >/dev/null; ulimit -f 1000; trap '' XFSZ; " GANLET_PROGRAM " " +
                                            training(data, run, "--steps 4 --resume --along 0"));
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("state.pt: writing failed: File too large"), std::string::npos) << full.err;
  EXPECT_EQ(content_of(run / "run/state.pt"), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(run / "run"), {}), 6) << "nothing half written is left";
}

TEST(TrainProgram, FolderThatCannotBeWrittenIsAnErrorBeforeAnythingIsComputed) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  write_content(run / "run", "a file where the folder should be");
  const Outcome outcome = run_program(run, training(data, run, "--steps 2 --precision f32"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("run: can't be made: Not a directory"), std::string::npos) << outcome.err;
  const Outcome proc = run_program(run, "cgan --data " + data.path().string() + " -o /proc/ganlet --steps 2");
  EXPECT_EQ(proc.status, 1);
  EXPECT_NE(proc.err.find("/proc/ganlet: can't be made"), std::string::npos) << proc.err;
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

TEST(TrainProgram, ResumesWithOtherBatchesAndEpochs) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  ASSERT_EQ(run_program(run, training(data, run, "--steps 1 --precision f32")).status, 0);
  const auto resumed = [&](const std::string& more) {
    return run_program(run, "cgan --resume --threads 1 --data " + data.path().string() + " -o " +
                                (run / "run").string() + " " + more);
  };
  const Outcome too_many = resumed("--batch 31 --steps 1");
  EXPECT_EQ(too_many.status, 0) << too_many.err;
  EXPECT_NE(too_many.err.find("--batch: lowered from 31 to 30, since there are 30 pictures"), std::string::npos);
  const Outcome epochs = resumed("--batch 15 --epochs 2");
  EXPECT_EQ(epochs.status, 0) << epochs.err;
  EXPECT_NE(epochs.err.find("4/4"), std::string::npos) << epochs.err;
  EXPECT_EQ(epochs.err.find("precision: "), std::string::npos) << epochs.err;
  const Outcome measured = resumed("--steps 5 --precision auto");
  EXPECT_NE(measured.err.find("precision: "), std::string::npos) << measured.err;
  const Outcome config = resumed("--config " + (run / "run/config.json").string());
  EXPECT_EQ(config.status, 2);
  EXPECT_NE(config.err.find("--config excludes --resume"), std::string::npos) << config.err;
}

TEST(TrainProgram, ResumesWithTheSamePicturesOnly) {
  const Folder data, others, run;
  write_idx(data.path(), "train", squares(30, 1));
  write_idx(others.path(), "train", squares(30, 2));
  ASSERT_EQ(run_program(run, training(data, run, "--steps 1 --precision f32")).status, 0);
  const Outcome refused = run_program(run, training(others, run, "--steps 2 --resume"));
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.err, "ganlet-train: --data: has other pictures than the run was begun with\n");
}

TEST(TrainProgram, RepeatsARunFromItsConfig) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  const std::string options = " --data " + data.path().string() + " --threads 1 -o ";
  const Outcome first =
      run_program(run, "dcgan --batch 10 --epochs 2 --precision f32 --latent 9" + options + (run / "a").string());
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_NE(first.err.find("6/6"), std::string::npos) << first.err;
  const std::string config = " --config " + (run / "a/config.json").string();
  const Outcome second = run_program(run, "dcgan" + config + options + (run / "b").string());
  ASSERT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(content_of(run / "a/config.json"), content_of(run / "b/config.json"));
  EXPECT_EQ(content_of(run / "a/along/step_000006.onnx"), content_of(run / "b/along/step_000006.onnx"));
  const Outcome other = run_program(run, "gan" + config + options + (run / "c").string());
  EXPECT_EQ(other.status, 1);
  EXPECT_NE(other.err.find("is for the family dcgan, not gan"), std::string::npos) << other.err;
}

/// `count` pictures of 24 x 16 pixels.
void write_pictures(const Folder& folder, int count) {
  for (int i = 0; i < count; ++i) {
    Image image{24, 16, {}};
    for (int at = 0; at < 4 * 24 * 16; ++at)
      image.pixels.push_back(at % 4 == 3 ? 255 : static_cast<std::uint8_t>(at * (i + 1) % 256));
    ASSERT_TRUE(write_image(folder / (std::to_string(i) + ".png"), image));
  }
}

TEST(TrainProgram, RepeatsAndResumesARunOnPicturesAsTheyWereCut) {
  const Folder data, run;
  write_pictures(data, 6);
  const std::string options = " --data " + data.path().string() + " --threads 1 -o ";
  const Outcome first =
      run_program(run, "dcgan --batch 2 --steps 2 --precision f32 --size 16 --channels 1 --crop random "
                       "--ground black --validation 0.2" +
                           options + (run / "a").string());
  ASSERT_EQ(first.status, 0) << first.err;
  const std::string config = content_of(run / "a/config.json");
  for (const char* line : {R"("height": 16,)", R"("channels": 1,)", R"("crop": "random",)", R"("ground": "black",)",
                           R"("validation": 0.2,)", R"("pictures": 5,)"})
    EXPECT_NE(config.find(line), std::string::npos) << line;
  const Outcome second =
      run_program(run, "dcgan --config " + (run / "a/config.json").string() + options + (run / "b").string());
  ASSERT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(content_of(run / "b/config.json"), config);
  EXPECT_EQ(content_of(run / "a/along/step_000002.onnx"), content_of(run / "b/along/step_000002.onnx"));
  const Outcome resumed = run_program(run, "dcgan --resume --steps 3" + options + (run / "a").string());
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  const Outcome larger = run_program(run, "dcgan --resume --steps 4 --size 8" + options + (run / "a").string());
  EXPECT_EQ(larger.status, 1);
  EXPECT_NE(larger.err.find("--data: has pictures of another size"), std::string::npos) << larger.err;
}

// As runs wrote it before there were keys for how pictures are cut.
TEST(TrainProgram, RepeatsARunWhoseConfigKnowsSizesOnly) {
  const Folder data, run;
  write_pictures(data, 4);
  write_content(run / "config.json", R"({"family": "dcgan", "batch": 2, "height": 16, "width": 16, "channels": 1,
                                         "steps": 1, "latent": 9})");
  const Outcome outcome = run_program(run, "dcgan --config " + (run / "config.json").string() + " --threads 1 --data " +
                                               data.path().string() + " -o " + (run / "run").string());
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(content_of(run / "run/config.json").find(R"("height": 16,)"), std::string::npos);
}

TEST(TrainProgram, TrainsOnPicturesAndExportsAllParts) {
  const Folder data, run;
  write_pictures(data, 6);
  write_content(data / "broken.png", "no picture");
  const Outcome trained =
      run_program(run, "stylegan --batch 4 --steps 3 --size 16 --augment mirror,shift,hue,color,translation,cutout "
                       "--separation 1 --threads 1 --precision f32 --data " +
                           data.path().string() + " -o " + (run / "run").string());
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_NE(trained.err.find("broken.png: is neither PNG nor JPEG"), std::string::npos) << trained.err;
  const Outcome exported = run_program(run, "export " + (run / "run").string() + " -o " + (run / "model").string());
  ASSERT_EQ(exported.status, 0) << exported.err;
  for (const char* name : {"mapping.onnx", "mapping-f32.onnx", "synthesis.onnx", "synthesis-f32.onnx", "noise.npy",
                           "mean_style.npy", "directions.npy", "config.json"})
    EXPECT_TRUE(std::filesystem::exists(run / (std::string("model/") + name))) << name;
  // Whole generators would repeat the two networks.
  for (const char* name : {"generator.onnx", "along-000000.onnx", "along-000003.onnx"})
    EXPECT_FALSE(std::filesystem::exists(run / (std::string("model/") + name))) << name;
}

TEST(TrainProgram, TrainsOnFewerPicturesThanTheBatchAndSaysWhatItReadAndLeftOut) {
  const Folder data, few, run;
  write_pictures(data, 20);
  for (const char* const name : {"a.webp", "b.webp", "LICENSE", ".hidden.png"})
    write_content(data / name, "");
  write_content(data / "torn.png", "no picture");
  const auto trained = [&](const Folder& from, const std::string& family) {
    return run_program(run, family + " --steps 1 --size 16 --threads 1 --precision f32 --data " + from.path().string() +
                                " -o " + (run / family).string());
  };
  const Outcome gan = trained(data, "gan");
  EXPECT_EQ(gan.status, 0) << gan.err;
  EXPECT_NE(gan.err.find("read 20 pictures; left out 1 without an extension, 2 .webp, 1 hidden, 1 that can't be used"),
            std::string::npos)
      << gan.err;
  EXPECT_NE(gan.err.find("--batch: lowered from 64 to 20, since there are 20 pictures"), std::string::npos) << gan.err;
  EXPECT_NE(gan.err.find("--augment mirror,shift"), std::string::npos) << gan.err;
  EXPECT_NE(content_of(run / "gan/config.json").find(R"("batch": 20,)"), std::string::npos);
  const Outcome wgan = trained(data, "wgan"); // five batches an update
  EXPECT_EQ(wgan.status, 0) << wgan.err;
  EXPECT_NE(wgan.err.find("lowered from 64 to 4,"), std::string::npos) << wgan.err;
  const Outcome stylegan = trained(data, "stylegan");
  EXPECT_EQ(stylegan.status, 0) << stylegan.err;
  EXPECT_NE(stylegan.err.find("--augment color,translation,cutout"), std::string::npos) << stylegan.err;

  write_pictures(few, 1);
  const Outcome one = trained(few, "dcgan");
  EXPECT_EQ(one.status, 1);
  EXPECT_NE(one.err.find("ganlet-train: --data: has 1 pictures; at least 2 are needed\n"), std::string::npos)
      << one.err;
}

TEST(TrainProgram, HelpTellsWhatBecomesOfTransparency) {
  const Folder run;
  const std::string help = run_program(run, "gan --help").out;
  EXPECT_NE(help.find("There is no 4: sprites are trained on the --ground"), std::string::npos) << help;
}

TEST(TrainProgram, OptionsThatWouldDoNothingAreRefused) {
  const Folder idx, pictures, run;
  write_idx(idx.path(), "train", squares(30, 1));
  write_pictures(pictures, 4);
  const auto error_of = [&](const Folder& data, const std::string& arguments) {
    const Outcome outcome =
        run_program(run, "dcgan --steps 1 --precision f32 --batch 2 --data " + data.path().string() + " -o " +
                             (run / "run").string() + " " + arguments);
    EXPECT_EQ(outcome.status, 1) << arguments;
    return outcome.err;
  };
  EXPECT_EQ(error_of(idx, "--augment mirror,cutout"), "ganlet-train: --augment: 'cutout' is of stylegan alone\n");
  EXPECT_EQ(error_of(pictures, "--size 16 --channels 1 --augment hue"),
            "ganlet-train: --augment: 'hue' is for pictures in colour, and these are grey\n");
  for (const std::string option : {"--size 28", "--channels 1", "--ground black", "--crop center", "--validation 0.1"})
    EXPECT_EQ(error_of(idx, option), "ganlet-train: " + option.substr(0, option.find(' ')) +
                                         ": is for a folder of pictures, and this one has idx files\n");
}

TEST(TrainProgram, OneRateIsForBothNetworksUnlessOneIsGivenApart) {
  const Folder data, run;
  write_idx(data.path(), "train", squares(30, 1));
  const Outcome trained =
      run_program(run, training(data, run, "--steps 1 --precision f32 --lr 0.25 --discriminator-rate 0.5"));
  ASSERT_EQ(trained.status, 0) << trained.err;
  const std::string config = content_of(run / "run/config.json");
  EXPECT_NE(config.find(R"("generator_rate": 0.25,)"), std::string::npos) << config;
  EXPECT_NE(config.find(R"("discriminator_rate": 0.5,)"), std::string::npos) << config;
}

TEST(EvaluateProgram, HoldsBackWhatTheModelsRunDidAndTellsWhereThatWasLess) {
  const Folder data, run;
  write_pictures(data, 40);
  const std::string folder = " --threads 1 --data " + data.path().string(), all = (run / "all").string(),
                    some = (run / "some").string(), model = (run / "model").string();
  const std::string training = "dcgan --batch 4 --steps 1 --size 16 --channels 1 --precision f32" + folder + " -o ";
  ASSERT_EQ(run_program(run, training + all).status, 0);
  ASSERT_EQ(run_program(run, training + some + " --validation 0.2").status, 0);
  ASSERT_EQ(run_program(run, "export " + some + " -o " + model).status, 0);
  const auto evaluated = [&](const std::string& models) {
    const Outcome outcome =
        run_program(run, "--help > /dev/null; " GANLET_EVALUATE " " + models + folder +
                             " --samples 100 --gan-train 0 --schedule 32 --seeds 2 --precision f32 --cache " +
                             (run / "cache").string());
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome;
  };
  const Outcome both = evaluated(model + "#generator_f32 " + all);
  EXPECT_NE(both.out.find(R"("unseen_pictures": 8)"), std::string::npos) << both.out;
  const std::size_t first = both.out.find(R"("unseen_were_held_back": true)");
  EXPECT_NE(first, std::string::npos) << both.out;
  EXPECT_NE(both.out.find(R"("unseen_were_held_back": false)", first), std::string::npos) << both.out;
  EXPECT_NE(both.err.find(all + ": learned from pictures that are called unseen here"), std::string::npos) << both.err;
  EXPECT_NE(evaluated(all).out.find(R"("unseen_pictures": 4)"), std::string::npos);
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
  EXPECT_EQ(no_data.err,
            "ganlet-train: " + data.path().string() +
                ": has no idx files (train-images-idx3-ubyte, plain or .gz), and holds no .png, .jpg or .jpeg\n");
  const Outcome misspelt = run_program(run, "dcgan --data pictuers --steps 1 -o " + (run / "run").string());
  EXPECT_EQ(misspelt.status, 1);
  EXPECT_EQ(misspelt.err, "ganlet-train: pictuers: there is no such folder\n");
  const Outcome nothing_to_resume = run_program(run, training(data, run, "--resume"));
  EXPECT_EQ(nothing_to_resume.status, 1);
  EXPECT_NE(nothing_to_resume.err.find("there is no checkpoint to resume from"), std::string::npos)
      << nothing_to_resume.err;
}

} // namespace
} // namespace ganlet::test
