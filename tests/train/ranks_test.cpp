// Several processes that train one network together, on the loopback interface.

#include <sys/socket.h>

#include <netinet/in.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "checkpoint.h"
#include "loss_table.h"
#include "ranks.h"
#include "runs.h"
#include "synthetic.h"

namespace ganlet::train {
namespace {

using test::Folder;
using test::Outcome;
using test::run_program;

/// One that nobody listens at now.
int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(listener);
  return ntohs(address.sin_port);
}

/// A shell's words that run rank `rank` of 2; `run_program` puts the program's name in front.
std::string as_rank(int rank, int port, const std::string& arguments) {
  return "env MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(port) +
         " WORLD_SIZE=2 RANK=" + std::to_string(rank) + " " GANLET_PROGRAM " " + arguments;
}

Outcome in_shell(const Folder& folder, const std::string& script) {
  return run_program(folder, "--help > /dev/null; ( " + script + " )");
}

std::string training(const std::string& family, const Folder& data, const std::filesystem::path& run,
                     const std::string& more) {
  return family + " --data " + data.path().string() + " -o " + run.string() +
         " --threads 1 --precision f32 --log-every 1 --along 0 " + (family == "translate" ? "--from edges " : "") +
         more;
}

/// A critic's loss is a small difference of large sums, whose rounding Adam's first steps blow up to whole steps: so
/// these are small here.
std::string gentle(const std::string& family) {
  return family.starts_with("wgan") ? " --discriminator-rate 1e-6" : "";
}

void add_tensors(torch::serialize::InputArchive& archive, std::vector<torch::Tensor>& to) {
  for (const std::string& key : archive.keys()) {
    torch::Tensor tensor;
    torch::serialize::InputArchive nested;
    if (archive.try_read(key, tensor) || archive.try_read(key, tensor, true))
      to.push_back(tensor);
    else if (archive.try_read(key, nested))
      add_tensors(nested, to);
  }
}

/// Everything that the generator, the discriminator and the averaged generator of a dcgan consist of.
std::vector<torch::Tensor> weights_in(const std::filesystem::path& checkpoint) {
  std::vector<torch::Tensor> weights;
  torch::serialize::InputArchive archive;
  archive.load_from(checkpoint.string());
  for (const char* const name : {"g", "d", "e"}) {
    torch::serialize::InputArchive network;
    archive.read(name, network);
    add_tensors(network, weights);
  }
  return weights;
}

class EachFamilyOnTwoRanks : public ::testing::TestWithParam<const char*> {};

TEST_P(EachFamilyOnTwoRanks, GivesWhatOneProcessGivesWithTheDoubledBatch) {
  const Folder data, folder;
  test::write_idx(data.path(), "train", test::squares(200, 1));
  const Outcome alone =
      run_program(folder, training(GetParam(), data, folder / "alone", "--steps 3 --batch 16" + gentle(GetParam())));
  ASSERT_EQ(alone.status, 0) << alone.err;
  const int port = free_port();
  const std::string both = training(GetParam(), data, folder / "both", "--steps 3 --batch 8" + gentle(GetParam()));
  const Outcome shared =
      in_shell(folder, as_rank(1, port, both) + " & " + as_rank(0, port, both) + " || exit 1; wait $!");
  ASSERT_EQ(shared.status, 0) << shared.err;

  const Result<LossTable> one = read_loss_table(folder / "alone/log.csv"),
                          two = read_loss_table(folder / "both/log.csv");
  ASSERT_TRUE(one && two);
  ASSERT_EQ(one->steps, two->steps);
  for (std::size_t column = 0; column + 1 < one->names.size(); ++column) // but images_per_second
    for (std::size_t row = 0; row < one->steps.size(); ++row)
      EXPECT_NEAR(two->columns[column][row], one->columns[column][row],
                  2e-3 * std::max(1.0, std::abs(one->columns[column][row])))
          << one->names[column] << " at " << one->steps[row];
  const Result<Checkpoint> a = load_checkpoint(folder / "alone/state.pt"),
                           b = load_checkpoint(folder / "both/state.pt");
  ASSERT_TRUE(a && b);
  const torch::Tensor actual = test::drawn(*b);
  const torch::Tensor expected = test::drawn(*a).slice(0, 0, actual.size(0)); // of examples the first rank has its own
  EXPECT_LE((actual - expected).abs().mean().item<float>(), 1e-3F);
  EXPECT_GT(expected.std().item<float>(), 0.01F);
}

// stylegan's deviation is that of groups within a rank, so that it is another network's result.
INSTANTIATE_TEST_SUITE_P(All, EachFamilyOnTwoRanks,
                         ::testing::Values("gan", "dcgan", "cgan", "wgan", "wgan-gp", "vae-gan", "translate"),
                         [](const auto& info) {
                           std::string name(info.param);
                           std::erase(name, '-');
                           return name;
                         });

TEST(Ranks, StyleganKeepsTheSameWeightsOnBothAndResumes) {
  const Folder data, folder;
  test::write_idx(data.path(), "train", test::squares(60, 1));
  for (const char* more : {"--steps 2 --batch 4", "--steps 3 --batch 4 --resume"}) {
    const int port = free_port();
    const std::string both = training("stylegan", data, folder / "run", more);
    const Outcome shared =
        in_shell(folder, as_rank(1, port, both) + " & " + as_rank(0, port, both) + " || exit 1; wait $!");
    ASSERT_EQ(shared.status, 0) << shared.err; // ranks compare their checkpoints at the end
  }
  EXPECT_EQ(load_checkpoint(folder / "run/state.pt")->step, 3);
}

// A run of older versions, which kept no SHA-256 of its data: the first rank's are what the others' are compared with.
TEST(Ranks, AllMustHaveTheFirstRanksPictures) {
  const Folder data, others, folder;
  test::write_idx(data.path(), "train", test::squares(60, 1));
  test::write_idx(others.path(), "train", test::squares(60, 2));
  Settings settings{.family = "gan", .batch = 4, .options = find_family("gan")->options};
  settings.options.classes = 0;
  std::filesystem::create_directories(folder / "run");
  ASSERT_TRUE(save_checkpoint(folder / "run/state.pt", *new_checkpoint(settings)));
  const std::string more = "--steps 2 --resume";
  const auto both = [&](const Folder& of_second) {
    const int port = free_port();
    return in_shell(folder, as_rank(1, port, training("gan", of_second, folder / "run", more)) + " & second=$!; " +
                                as_rank(0, port, training("gan", data, folder / "run", more)) +
                                " 2> /dev/null & first=$!; wait $second; status=$?; wait $first; exit $status");
  };
  const Outcome different = both(others);
  EXPECT_EQ(different.status, 1);
  EXPECT_NE(different.err.find("rank 1: --data has other pictures than rank 0's"), std::string::npos) << different.err;
  const Outcome same = both(data);
  EXPECT_EQ(same.status, 0) << same.err;
}

TEST(Ranks, ARankThatDiesEndsTheOthersWithAMessageAndTheCheckpointWhole) {
  const Folder data, folder;
  test::write_idx(data.path(), "train", test::squares(60, 1));
  const int port = free_port();
  const std::string both = training("dcgan", data, folder / "run", "--steps 100000 --batch 4 --save-every 2");
  const Outcome outcome =
      in_shell(folder, as_rank(1, port, both) + " 2> /dev/null & dying=$!; " + as_rank(0, port, both) +
                           " & first=$!; while ! [ -e " + (folder / "run/state.pt").string() +
                           " ]; do kill -0 $first || exit 99; sleep 0.05; done; kill -KILL $dying; wait $first");
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("another rank ended or can't be reached"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("the last good checkpoint is "), std::string::npos) << outcome.err;
  const Result<Checkpoint> checkpoint = load_checkpoint(folder / "run/state.pt");
  ASSERT_TRUE(checkpoint) << checkpoint.error().text();
  EXPECT_EQ(checkpoint->step % 2, 0);
}

TEST(Ranks, TheFirstRanksDeathEndsTheOthersWithAMessage) {
  const Folder data, folder;
  test::write_idx(data.path(), "train", test::squares(60, 1));
  const int port = free_port();
  const std::string both = training("dcgan", data, folder / "run", "--steps 100000 --batch 4 --save-every 2");
  const Outcome outcome =
      in_shell(folder, as_rank(0, port, both) + " 2> /dev/null & dying=$!; " + as_rank(1, port, both) +
                           " & second=$!; while ! [ -e " + (folder / "run/state.pt").string() +
                           " ]; do kill -0 $dying || exit 99; sleep 0.05; done; kill -KILL $dying; wait $second");
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("another rank ended or can't be reached"), std::string::npos) << outcome.err;
}

/// Where the child of the test below leaves what its rank has learned.
constexpr const char* left_by_rank = "GANLET_LEFT_BY_RANK";

// Not a test but one rank of those that the test below compares, as a process of its own.
TEST(Ranks, DISABLED_LearnAsOneOfThem) {
  const Folder unused;
  const RankPlace place = *rank_place();
  ASSERT_TRUE(join_ranks(place, torch::kCPU, std::chrono::seconds(60)));
  Settings settings{.family = "dcgan", .batch = 4, .options = find_family("dcgan")->options, .ranks = place.count};
  settings.options.classes = 0;
  settings.options.steps = 3;
  Checkpoint checkpoint = test::begun(unused, settings);
  const Result<void> outcome = train(checkpoint, test::squares(60, 1), test::quiet_run(unused));
  ASSERT_TRUE(outcome) << outcome.error().text();
  ASSERT_TRUE(save_checkpoint(std::getenv(left_by_rank), checkpoint));
}

TEST(Ranks, AllHaveTheSameWeights) {
  const Folder folder;
  const int port = free_port();
  const auto rank = [&](int number) {
    const std::string left = (folder / ("rank" + std::to_string(number))).string();
    return "env MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(port) +
           " WORLD_SIZE=2 RANK=" + std::to_string(number) + " " + left_by_rank + "=" + left + " " +
           std::filesystem::read_symlink("/proc/self/exe").string() +
           " --gtest_also_run_disabled_tests --gtest_filter=Ranks.DISABLED_LearnAsOneOfThem";
  };
  const Outcome outcome = in_shell(folder, rank(1) + " & second=$!; " + rank(0) + " || exit 1; wait $second");
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const std::vector<torch::Tensor> first = weights_in(folder / "rank0"), second = weights_in(folder / "rank1");
  ASSERT_EQ(first.size(), second.size());
  EXPECT_GT(first.size(), 20U);
  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(torch::equal(first[i], second[i])) << i;
}

TEST(Ranks, MissingOrWrongVariablesAreNamed) {
  const Folder data, folder;
  const std::string arguments = " " GANLET_PROGRAM " " + training("dcgan", data, folder / "run", "--steps 1");
  const auto error_with = [&](const std::string& variables) {
    const Outcome outcome = in_shell(folder, "env " + variables + arguments);
    EXPECT_EQ(outcome.status, 1);
    return outcome.err;
  };
  EXPECT_EQ(error_with("MASTER_ADDR=127.0.0.1 MASTER_PORT=1234 RANK=0"),
            "ganlet-train: WORLD_SIZE: must be set where MASTER_ADDR is\n");
  EXPECT_EQ(error_with("MASTER_ADDR=127.0.0.1 MASTER_PORT=x"),
            "ganlet-train: MASTER_PORT: must be a whole number, is 'x'\n");
  EXPECT_EQ(error_with("MASTER_ADDR=127.0.0.1 MASTER_PORT=1234 RANK=2 WORLD_SIZE=2"),
            "ganlet-train: RANK: is 2 of WORLD_SIZE 2\n");
}

TEST(Device, CudaWithoutCudaIsAnError) {
  if (torch::cuda::is_available())
    GTEST_SKIP() << "there is a GPU";
  const Folder data, folder;
  const Outcome outcome = run_program(folder, training("dcgan", data, folder / "run", "--steps 1 --device cuda"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "ganlet-train: --device cuda: this libtorch has no CUDA, or finds no GPU\n");
}

} // namespace
} // namespace ganlet::train
