#include "studio/worker.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace ganlet::studio {
namespace {

using Kind = Worker::Kind;

TEST(Worker, RunsASliceAtATimeAndDelivers) {
  Worker worker;
  int slices = 0, result = 0;
  worker.start(Kind::picture, [&](const Worker::Deliver& deliver) {
    if (++slices < 3)
      return true;
    deliver([&] { result = slices; });
    return false;
  });
  EXPECT_TRUE(worker.is_busy(Kind::picture));
  while (worker.work()) {
  }
  EXPECT_EQ(result, 0);
  worker.collect();
  EXPECT_EQ(result, 3);
  EXPECT_FALSE(worker.is_busy());
}

TEST(Worker, ANewerTaskTakesTheOldersPlace) {
  Worker worker;
  int result = 0;
  worker.start(Kind::picture, [&](const Worker::Deliver& deliver) {
    deliver([&] { result = 1; });
    return false;
  });
  worker.work();
  worker.start(Kind::picture, [&](const Worker::Deliver& deliver) {
    deliver([&] { result = 2; });
    return false;
  });
  worker.collect();
  EXPECT_EQ(result, 0);
  worker.work();
  worker.collect();
  EXPECT_EQ(result, 2);
}

TEST(Worker, TheUrgentComesFirst) {
  Worker worker;
  std::string order;
  const auto task = [&](char name) {
    return [&order, name](const Worker::Deliver&) {
      order += name;
      return false;
    };
  };
  worker.start(Kind::animation, task('a'));
  worker.start(Kind::picture, task('p'));
  worker.start(Kind::load, task('l'));
  while (worker.work()) {
  }
  EXPECT_EQ(order, "lpa");
}

TEST(Worker, CancelledTasksDeliverNothing) {
  Worker worker;
  bool delivered = false;
  worker.start(Kind::animation, [&](const Worker::Deliver& deliver) {
    deliver([&] { delivered = true; });
    return true;
  });
  worker.work();
  worker.cancel(Kind::animation);
  worker.collect();
  EXPECT_FALSE(delivered);
  EXPECT_FALSE(worker.work());
}

TEST(Worker, WorksOnAnotherThread) {
  Worker worker;
  std::atomic<bool> stop = false;
  std::thread thread([&] {
    while (!stop)
      worker.work();
  });
  int last = 0;
  for (int i = 1; i <= 1000; ++i)
    worker.start(Kind::picture, [&last, i](const Worker::Deliver& deliver) {
      deliver([&last, i] { last = i; });
      return false;
    });
  while (worker.is_busy())
    worker.collect();
  stop = true;
  thread.join();
  EXPECT_EQ(last, 1000);
}

} // namespace
} // namespace ganlet::studio
