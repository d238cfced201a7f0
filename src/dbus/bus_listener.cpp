#include "dbus/bus_listener.h"

#include <cstddef>
#include <utility>

namespace dosvc {
namespace {

constexpr std::size_t kLongestPath = 255;

}  // namespace

BusListener::BusListener(Loop& bus_loop, std::weak_ptr<CallbackQueue> queue, std::weak_ptr<BusClient> client,
                         std::string path)
    : loop_(bus_loop), queue_(std::move(queue)), client_(std::move(client)), path_(std::move(path)) {}

void BusListener::notify(Notification notification, std::function<void(bool taken)> answer) {
  loop_.post([queue = queue_, client = client_, path = path_, notification = std::move(notification),
              answer = OwedAnswer(std::move(answer))] {
    const auto to = client.lock();
    if (const auto open = queue.lock(); open && to) open->tell(*to, path, notification, answer);
  });
}

// It is kept for as long as the job.
Result<void> BusListeners::check_path(std::string_view path) {
  if (path.size() <= kLongestPath) return {};
  return Error{E_INVALIDARG, ErrorContext::none, "the path of a callback object is longer than 255 characters"};
}

void BusListeners::set(const std::shared_ptr<BusClient>& client, const JobId& job, const std::string& path,
                       Reply<void> reply) {
  job_is_gone(job);
  std::shared_ptr<JobListener> listener;
  if (path != "/") {
    listener = std::make_shared<BusListener>(loop_, queue_, client, path);
    current_[job] = client;
    client->listens_to.insert(job);
  }
  service_.set_listener(client->caller, job, std::move(listener), std::move(reply));
}

void BusListeners::job_is_gone(const JobId& job) {
  const auto node = current_.extract(job);
  if (!node) return;
  if (const auto client = node.mapped().lock()) client->listens_to.erase(job);
}

void BusListeners::client_is_gone(BusClient& client) {
  queue_->forget(client);
  for (const JobId& job : client.listens_to) {
    current_.erase(job);
    service_.set_listener(client.caller, job, nullptr, [](const Result<void>&) {});
  }
  client.listens_to.clear();
}

}  // namespace dosvc
