#include "engine/sync_batch.h"

namespace dosvc {

void SyncBatch::add(TempFilePtr file, Reply<void> reply) {
  const std::uint64_t device = file->identity().device;
  Lane& lane = lanes_[device];
  lane.waiting.push_back({std::move(file), std::move(reply)});
  if (!lane.busy) start(device);
}

void SyncBatch::start(std::uint64_t device) {
  Lane& lane = lanes_[device];
  if (lane.waiting.empty()) {
    lanes_.erase(device);
    return;
  }
  lane.busy = true;
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
                start(device);
              });
}

// One bad file must not fail its neighbours.
void SyncBatch::one_by_one(std::vector<Request> requests) {
  for (Request& request : requests) files_.sync({std::move(request.file)}, std::move(request.reply));
}

}  // namespace dosvc
