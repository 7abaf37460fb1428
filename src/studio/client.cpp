#include "studio/client.h"

namespace ganlet::studio {

void Client::receive(std::span<const std::byte> message) {
  const std::optional<Reply> reply = reply_of(message);
  if (!reply)
    return;
  Waiting& waiting = waiting_[index_of(reply->kind)];
  if (waiting.task != reply->task)
    return;
  const auto done = waiting.done; // which may ask for the next of its kind
  if (reply->is_last)
    waiting = {};
  done(reply->answer);
}

std::shared_ptr<const RemoteModel> Client::new_model() {
  return {new RemoteModel{++last_model_}, [send = std::weak_ptr(send_)](const RemoteModel* model) {
            if (const auto still = send.lock())
              (*still)(to_bytes(Question(Forget{model->number})));
            delete model;
          }};
}

} // namespace ganlet::studio
