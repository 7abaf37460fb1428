// Data-parallel training, as torch.nn.parallel.DistributedDataParallel has it (Li et al.: PyTorch Distributed:
// Experiences on Accelerating Data Parallel Training, 2020), with one collective call for all gradients of a network.

#include "ranks.h"

#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "checkpoint.h"
#include "core/text.h"
#include "nccl.h"

namespace ganlet::train {

namespace {

/// The first of some environment variables that is set, as a whole number.
Result<std::optional<int>> number_in(std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    const char* const text = std::getenv(name);
    if (text == nullptr)
      continue;
    const std::string_view whole(text);
    int number = 0;
    const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), number);
    if (error != std::errc() || end != whole.data() + whole.size() || number < 0)
      return fail(ErrorCode::invalid_argument, name, concat("must be a whole number, is '", printable(whole), "'"));
    return std::optional(number);
  }
  return std::optional<int>();
}

/// `call` as an error of ours where the network fails.
template <typename Call> void reaching_others(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    const std::string_view text(error.what());
    throw RankLost(std::string(text.substr(0, text.find('\n'))));
  }
}

bool is_loopback(const std::string& address) {
  return address == "localhost" || address.starts_with("127.") || address == "::1";
}

/// The network interface to use: the one named in GLOO_SOCKET_IFNAME, or that of this machine's name.
std::shared_ptr<gloo::transport::Device> gloo_device(const std::string& address) {
  if (const char* const interface = std::getenv("GLOO_SOCKET_IFNAME"))
    return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  return is_loopback(address) ? c10d::ProcessGroupGloo::createDeviceForHostname(address)
                              : c10d::ProcessGroupGloo::createDefaultDevice();
}

c10::intrusive_ptr<c10d::Backend> make_gloo(const c10::intrusive_ptr<c10d::Store>& store, const RankPlace& place,
                                            std::chrono::milliseconds timeout) {
  auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  options->devices.push_back(gloo_device(place.address));
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.count, options);
}

class SumOverRanks : public torch::autograd::Function<SumOverRanks> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext*, const torch::Tensor& values) {
    torch::Tensor sum = values.clone();
    ranks().sum(sum);
    return sum;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    torch::Tensor sum = gradients[0].clone();
    ranks().sum(sum);
    return {sum};
  }
};

} // namespace

Result<RankPlace> rank_place() {
  RankPlace place;
  const char* const address = std::getenv("MASTER_ADDR");
  if (address == nullptr)
    return place;
  place.address = address;
  GANLET_TRY(const std::optional<int> port, number_in({"MASTER_PORT"}));
  GANLET_TRY(const std::optional<int> rank, number_in({"RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"}));
  GANLET_TRY(const std::optional<int> count,
             number_in({"WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"}));
  GANLET_TRY(const std::optional<int> local, number_in({"LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"}));
  for (const auto& [name, value] : {std::pair{"MASTER_PORT", port}, {"RANK", rank}, {"WORLD_SIZE", count}})
    if (!value)
      return fail(ErrorCode::invalid_argument, name, "must be set where MASTER_ADDR is");
  place.port = *port;
  place.rank = *rank;
  place.count = *count;
  place.local_rank = local.value_or(0);
  if (place.rank >= place.count)
    return fail(ErrorCode::invalid_argument, "RANK", concat("is ", place.rank, " of WORLD_SIZE ", place.count));
  return place;
}

Ranks::Ranks(int rank, int count, c10::intrusive_ptr<c10d::Backend> backend)
    : rank_(rank), count_(count), backend_(std::move(backend)) {}
Ranks::Ranks(Ranks&&) noexcept = default;
Ranks& Ranks::operator=(Ranks&&) noexcept = default;
Ranks::~Ranks() = default;

void Ranks::sum(torch::Tensor& values) const {
  if (count_ > 1)
    reaching_others([&] {
      std::vector<torch::Tensor> list{values};
      backend_->allreduce(list)->wait();
    });
}

void Ranks::mean(torch::Tensor& values) const {
  sum(values);
  if (count_ > 1)
    values.div_(count_);
}

std::string Ranks::from_first(std::string bytes) const {
  if (count_ == 1)
    return bytes;
  const auto broadcast = [&](torch::Tensor values) {
    reaching_others([&] {
      std::vector<torch::Tensor> list{values};
      backend_->broadcast(list)->wait();
    });
    return values.cpu();
  };
  const torch::Device where = backend_->getBackendName() == "nccl" ? torch::kCUDA : torch::kCPU;
  const auto length = static_cast<std::int64_t>(bytes.size());
  const auto size = broadcast(torch::tensor({length}, torch::kLong).to(where)).item<std::int64_t>();
  bytes.resize(static_cast<std::size_t>(size));
  const torch::Tensor sent = torch::from_blob(bytes.data(), {size}, torch::kByte).clone().to(where);
  const torch::Tensor got = broadcast(sent);
  return {static_cast<const char*>(got.data_ptr()), bytes.size()};
}

void Ranks::average_gradients(const std::vector<torch::Tensor>& parameters) const {
  if (count_ == 1)
    return;
  std::vector<torch::Tensor> flat;
  for (const torch::Tensor& parameter : parameters)
    if (parameter.grad().defined())
      flat.push_back(parameter.grad().to(torch::kFloat).contiguous().flatten());
  torch::Tensor all = torch::cat(flat);
  mean(all);
  std::int64_t first = 0;
  for (const torch::Tensor& parameter : parameters)
    if (torch::Tensor gradient = parameter.grad(); gradient.defined()) {
      gradient.copy_(all.slice(0, first, first + gradient.numel()).view(gradient.sizes()));
      first += gradient.numel();
    }
}

Ranks& ranks() {
  static Ranks all;
  return all;
}

Result<void> join_ranks(const RankPlace& place, torch::Device device, std::chrono::seconds timeout) {
  if (place.count == 1)
    return {};
  const std::string where = concat(place.address, ":", place.port);
  return guarded(where, ErrorCode::io, [&]() -> Result<void> {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = place.rank == 0;
    options.numWorkers = static_cast<std::size_t>(place.count);
    options.timeout = timeout;
    options.useLibUV = false; // not every libtorch has it, and a handful of processes don't need it
    const auto store = c10::make_intrusive<c10d::TCPStore>(place.address, options);
    auto backend =
        device.is_cuda() ? make_nccl(store, place.rank, place.count, timeout) : make_gloo(store, place, timeout);
    if (!backend)
      return fail(ErrorCode::unsupported, "--device", "this libtorch has no NCCL, which several GPUs talk through");
    ranks() = Ranks(place.rank, place.count, std::move(backend));
    return {};
  });
}

torch::Tensor summed_over_ranks(const torch::Tensor& values) {
  return ranks().count() == 1 ? values : SumOverRanks::apply(values);
}

} // namespace ganlet::train
