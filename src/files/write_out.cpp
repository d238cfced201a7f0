#include "files/write_out.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "files/posix_temp_file.h"

namespace dosvc {

void WriteOut::add(const std::shared_ptr<PosixTempFile>& file, std::uint64_t begin) {
  std::unique_lock lock(mutex_);
  Lane& lane = lanes_[file->identity().device];
  lane.waiting.push_back({file.get(), file, begin});
  if (std::exchange(lane.busy, true)) return;
  lock.unlock();
  go_on(lane);
}

// Each window is a call of its own, so that other work of the pool comes in between.
void WriteOut::go_on(Lane& lane) {
  (void)pool_->run([self = shared_from_this(), &lane] { self->next(lane); });
}

void WriteOut::next(Lane& lane) {
  std::shared_ptr<PosixTempFile> file;
  std::uint64_t begin = 0;
  {
    std::lock_guard lock(mutex_);
    while (!file && !lane.waiting.empty()) {
      file = lane.waiting.front().file.lock();  // none: it was closed, and what it holds is for the kernel to write
      begin = lane.waiting.front().begin;
      lane.waiting.pop_front();
    }
    if (!file) lane.busy = false;
  }
  if (!file) return;
  {
    std::lock_guard turn(lane.one_by_one);
    file->write_out(begin, kWindow);
  }
  go_on(lane);
}

void WriteOut::catch_up(PosixTempFile& file) {
  std::vector<std::uint64_t> begins;
  std::unique_lock lock(mutex_);
  Lane& lane = lanes_[file.identity().device];
  const auto rest = std::stable_partition(lane.waiting.begin(), lane.waiting.end(),
                                          [&](const Window& window) { return window.of != &file; });
  std::transform(rest, lane.waiting.end(), std::back_inserter(begins), [](const Window& each) { return each.begin; });
  lane.waiting.erase(rest, lane.waiting.end());
  lock.unlock();
  for (const std::uint64_t begin : begins) {
    std::lock_guard turn(lane.one_by_one);
    file.write_out(begin, kWindow);
  }
}

}  // namespace dosvc
