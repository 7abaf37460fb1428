#include "platform/platform.h"
#include "studio/worker.h"

namespace ganlet::platform {

namespace {

class StudioBackground final : public Background {
 public:
  StudioBackground(Send send, const std::atomic<bool>* stop, SendOn send_on)
      : worker_(std::move(send), stop, std::move(send_on)) {}
  void receive(std::span<const std::byte> message) override { worker_.receive(message); }
  bool work() override { return worker_.work(); }

 private:
  studio::Worker worker_;
};

} // namespace

std::unique_ptr<Background> make_background(Send send, const std::atomic<bool>* stop, SendOn send_on) {
  return std::make_unique<StudioBackground>(std::move(send), stop, std::move(send_on));
}

} // namespace ganlet::platform
