#include "engine/sync_batch.h"

namespace dosvc {
namespace {

// Each sync has a price of its own, whatever it covers; each file that waits for one is an open descriptor, and comes
// again after a crash.
constexpr std::size_t kEnough = 128;
constexpr auto kPatience = std::chrono::milliseconds(100);

}  // namespace

void SyncBatch::add(TempFilePtr file, Reply<void> reply, SyncWhen when) {
  const std::uint64_t device = file->identity().device;
  Lane& lane = lanes_[device];
  lane.waiting.push_back({std::move(file), std::move(reply)});
  lane.urgent = lane.urgent || when == SyncWhen::now;
  consider(device);
}

void SyncBatch::consider(std::uint64_t device) {
  Lane& lane = lanes_[device];
  if (lane.busy) return;
  if (lane.waiting.empty()) {
    lanes_.erase(device);
  } else if (lane.urgent || lane.waiting.size() >= kEnough) {
    start(device);
  } else if (!lane.patience) {
    lane.patience = loop_.after(kPatience, [this, device] {
      Lane& patient = lanes_[device];
      patient.patience.reset();
      patient.urgent = true;
      consider(device);
    });
  }
}

void SyncBatch::start(std::uint64_t device) {
  Lane& lane = lanes_[device];
  lane.busy = true;
  lane.urgent = false;
  lane.patience.reset();
  auto batch = std::make_shared<std::vector<Request>>(std::move(lane.waiting));
  lane.waiting.clear();
  std::vector<TempFilePtr> files;
  files.reserve(batch->size());
  for (const Request& request : *batch) files.push_back(request.file);
  files_.sync(std::move(files),
              [this, device, batch, alive = std::weak_ptr<const char>(alive_)](const Result<void>& result) {
                if (alive.expired()) return;
                if (!result && batch->size() > 1) {
                  one_by_one(std::move(*batch));
                } else {
                  for (Request& request : *batch) request.reply(result);
                }
                lanes_[device].busy = false;
                consider(device);
              });
}

// One bad file must not fail its neighbours.
void SyncBatch::one_by_one(std::vector<Request> requests) {
  for (Request& request : requests) files_.sync({std::move(request.file)}, std::move(request.reply));
}

}  // namespace dosvc
