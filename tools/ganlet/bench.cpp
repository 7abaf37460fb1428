#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <CLI/Validators.hpp>

#include "backends/automatic.h"
#include "commands.h"
#include "core/sha256.h"
#include "core/text.h"
#include "graph/least_bytes.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct BenchOptions {
  ModelChoice model;
  Engine engine;
  std::int64_t batch = 1;
  double seconds = 1;
  bool profile = false;
  KernelChoice kernels;
  double teraflops = 0, gigabytes = 0; ///< the most that the device does in a second; 0 if unknown
};

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Runs the program for about this many seconds, and at least 5 times, and calls `after` after each run. Returns the
/// milliseconds of each run.
template <typename After>
Result<std::vector<double>> run_for(double seconds, Program& program, std::span<const TensorView> inputs,
                                    const After& after) {
  constexpr std::size_t fewest = 5;
  for (int warm_up = 0; warm_up < 2; ++warm_up)
    GANLET_CHECK(program.run(inputs));
  std::vector<double> times;
  const Clock::time_point begin = Clock::now();
  while (times.size() < fewest || milliseconds_since(begin) < 1000 * seconds) {
    const Clock::time_point start = Clock::now();
    GANLET_CHECK(program.run(inputs));
    times.push_back(milliseconds_since(start));
    after();
  }
  return times;
}

/// Prints one line per node, with its mean time.
void print_table(const Program& program, const std::vector<double>& milliseconds, std::int64_t batch) {
  const Graph& graph = program.graph();
  double sum = 0;
  for (const double time : milliseconds)
    sum += time;
  std::printf("\n%s  %s  %s  %s  %s  %s\n", left("op", 22).c_str(), right("ms", 8).c_str(), right("share", 6).c_str(),
              right("multiply-adds", 15).c_str(), right("G/s", 7).c_str(), "runs on, made from");
  for (std::size_t i = 0; i < milliseconds.size(); ++i) {
    const Node& node = graph.nodes[i];
    const std::int64_t work = multiply_adds_of(graph, node, batch);
    std::printf("%s  %s  %s  %s  %s  %s, %s\n", left(op::names_of(node.operation).name, 22).c_str(),
                right(fixed(milliseconds[i], 4), 8).c_str(),
                right(fixed(100 * milliseconds[i] / sum, 1) + "%", 6).c_str(),
                right(work > 0 ? with_commas(work) : "", 15).c_str(),
                right(work > 0 ? fixed(static_cast<double>(work) / milliseconds[i] / 1e6, 2) : "", 7).c_str(),
                std::string(program.runs_on(i)).c_str(), printable(node.place).c_str());
  }
}

std::string share_of(double part, double whole) {
  return whole > 0 ? fixed(100 * part / whole, 1) + "%" : "";
}

/// Prints what a GPU did for each node, compared with what it could do, and all of that with the least that is needed.
void print_work(const Program& program, const std::vector<double>& milliseconds, const BenchOptions& options,
                std::int64_t batch) {
  const Graph& graph = program.graph();
  const std::span<const NodeWork> work = program.node_work();
  if (work.empty()) {
    std::printf("\nno GPU runs any of it\n");
    return;
  }
  NodeWork all;
  std::printf("\n%s  %s  %s  %s  %s  %s  %s  %s\n", left("op", 22).c_str(), right("dispatches", 10).c_str(),
              right("multiply-adds", 15).c_str(), right("bytes", 13).c_str(), right("GFLOP/s", 9).c_str(),
              right("of peak", 7).c_str(), right("GB/s", 7).c_str(), right("of peak", 7).c_str());
  for (std::size_t i = 0; i < work.size(); ++i) {
    all.dispatches += work[i].dispatches;
    all.multiply_adds += work[i].multiply_adds;
    all.bytes += work[i].bytes;
    if (work[i].dispatches == 0)
      continue;
    const double seconds = milliseconds[i] / 1000, flops = 2 * static_cast<double>(work[i].multiply_adds),
                 bytes = static_cast<double>(work[i].bytes);
    std::printf("%s  %s  %s  %s  %s  %s  %s  %s\n", left(op::names_of(graph.nodes[i].operation).name, 22).c_str(),
                right(std::to_string(work[i].dispatches), 10).c_str(),
                right(flops > 0 ? with_commas(work[i].multiply_adds) : "", 15).c_str(),
                right(with_commas(work[i].bytes), 13).c_str(),
                right(flops > 0 ? fixed(flops / seconds / 1e9, 1) : "", 9).c_str(),
                right(flops > 0 ? share_of(flops / seconds / 1e12, options.teraflops) : "", 7).c_str(),
                right(fixed(bytes / seconds / 1e9, 1), 7).c_str(),
                right(share_of(bytes / seconds / 1e9, options.gigabytes), 7).c_str());
  }
  const std::int64_t needed = multiply_adds_of(graph, batch), least = least_bytes_of(graph, batch);
  const auto ratio = [](std::int64_t done, std::int64_t wanted) {
    return fixed(static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(wanted, 1)), 3);
  };
  std::printf("%s dispatches; %s multiply-adds for %s needed: %s; %s bytes moved, at least %s: %s\n",
              with_commas(all.dispatches).c_str(), with_commas(all.multiply_adds).c_str(), with_commas(needed).c_str(),
              ratio(all.multiply_adds, needed).c_str(), with_commas(all.bytes).c_str(), with_commas(least).c_str(),
              ratio(all.bytes, least).c_str());
}

/// What `auto` would have draw many pictures that change; says so, and why.
std::string_view chosen_backend(const Engine& engine, std::string digest, std::int64_t batch, const Graph& graph) {
  std::vector<std::unique_ptr<Program>> programs;
  Contested network{std::move(digest), batch, engine.compile_options(), {}};
  network.program = [&](const Backend& backend) -> Result<Program*> {
    GANLET_TRY(std::unique_ptr<Program> program, backend.compile(graph.clone(), network.options));
    programs.push_back(std::move(program));
    return programs.back().get();
  };
  const Result<Pace> pace = pace_of(network);
  const bool is_gpu = pace && pace->gpu_is_faster();
  if (pace)
    std::printf("auto: %s ms an image on the GPU, %s on the processor: %s\n", fixed(pace->on_gpu, 4).c_str(),
                fixed(pace->on_processor, 4).c_str(), is_gpu ? "gl" : "xnn");
  else
    std::printf("auto: %s: xnn\n", printable(pace.error().message(), 400).c_str());
  return is_gpu ? "gl" : default_backend;
}

Result<void> bench(BenchOptions options) {
  GANLET_TRY(OpenedModel opened, open_model(options.model));
  const Clock::time_point start = Clock::now();
  GANLET_TRY(Graph lowered, lower_as_drawn(opened, options.engine));
  if (options.engine.name == automatic_backend)
    options.engine.name = chosen_backend(options.engine, sha256_text(opened.contents), options.batch, lowered);
  CompileOptions compile = options.engine.compile_options();
  compile.kernels = options.kernels;
  GANLET_TRY(const std::unique_ptr<Program> program, options.engine.backend().compile(lowered.clone(), compile));
  const double preparing = milliseconds_since(start);
  const Graph& graph = program->graph();

  const std::int64_t batch = graph.has_batch() ? options.batch : 1;
  if (batch != options.batch)
    std::fprintf(stderr, "the file fixes the batch; --batch has no effect\n");
  GANLET_TRY(const std::vector<Tensor> inputs, sample_inputs(graph, batch, 0));
  const std::vector<TensorView> views = views_of(inputs);
  GANLET_TRY(const std::vector<double> times, run_for(options.seconds, *program, views, [] {}));
  const double each = median(times) / static_cast<double>(batch);
  const std::int64_t multiply_adds = multiply_adds_of(graph, batch) / batch; // an image
  std::printf("%s, %s, %d thread%s, batch %lld\n", opened.file.c_str(), options.engine.name.c_str(),
              options.engine.threads, options.engine.threads == 1 ? "" : "s", static_cast<long long>(batch));
  std::printf("%s ms an image, %s images/s (median of %zu runs)\n", fixed(each, 4).c_str(),
              fixed(1000 / each, 0).c_str(), times.size());
  std::printf("%s multiply-adds an image, %s G/s; lowering and packing took %s ms\n",
              with_commas(multiply_adds).c_str(), fixed(static_cast<double>(multiply_adds) / each / 1e6, 2).c_str(),
              fixed(preparing, 1).c_str());

  compile.profile = true;
  GANLET_TRY(const std::unique_ptr<Program> profiled, options.engine.backend().compile(std::move(lowered), compile));
  std::vector<double> sums(graph.nodes.size());
  GANLET_TRY(const std::vector<double> profiled_times, run_for(options.seconds / 2, *profiled, views, [&] {
               const std::span<const double> now = profiled->node_milliseconds();
               for (std::size_t i = 0; i < now.size() && i < sums.size(); ++i)
                 sums[i] += now[i];
             }));
  for (double& sum : sums)
    sum /= static_cast<double>(profiled_times.size());
  print_table(*profiled, sums, batch);
  if (options.profile)
    print_work(*profiled, sums, options, batch);
  return {};
}

} // namespace

void add_bench(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App& command = *app.add_subcommand("bench", "Measure how fast a model runs, op by op");
  add_model(command, options->model);
  command.add_option("--batch", options->batch, "Images of one run")
      ->check(CLI::Range(std::int64_t{1}, Limits{}.batch))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--seconds", options->seconds, "How long to measure")
      ->check(CLI::Range(0.01, 3600.0))
      ->type_name("S")
      ->capture_default_str();
  command
      .add_option("--tile", options->kernels.tile,
                  "How a GPU cuts convolutions, rather than as it measured: 0: not, 1 or 2: by tiles of 32 or 64")
      ->check(CLI::Range(0, 2))
      ->type_name("KIND");
  command.add_option("--parts", options->kernels.parts, "Parts that a GPU cuts long sums into, rather than its choice")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  command.add_flag("--half", options->kernels.half_weights, "A GPU keeps float32 weights as float16");
  command.add_flag("--profile", options->profile,
                   "Also print what a GPU does for each op: dispatches, multiply-adds, bytes, and the least of them");
  command.add_option("--teraflops", options->teraflops, "What the GPU does at most in a second, for shares of it")
      ->check(CLI::Range(0.001, 1e6))
      ->type_name("N");
  command.add_option("--gigabytes", options->gigabytes, "What its memory moves at most in a second")
      ->check(CLI::Range(0.001, 1e6))
      ->type_name("N");
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = bench(*options); });
}

} // namespace ganlet::tool
