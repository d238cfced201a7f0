#include "lab/direction.h"

#include <algorithm>

namespace dosvc::lab {

namespace {

constexpr std::size_t kOverhead = 24;
constexpr std::size_t kMostSpare = 4096;

}  // namespace

Span Line::time_of(std::size_t bytes) const {
  if (rate <= 0) return Span{0};
  return Span(static_cast<Span::rep>(static_cast<double>(bytes + kOverhead) * 8e9 / rate));
}

Bytes Direction::buffer() {
  if (spare_.empty()) return {};
  Bytes bytes = std::move(spare_.back());
  spare_.pop_back();
  return bytes;
}

void Direction::offer(std::span<const std::uint8_t> frame, Time now) {
  if (is_lost()) {
    ++counts_.lost;
    return;
  }
  const Time begin = std::max(now, free_at_);
  const Span wait = begin - now;
  const Span sending = line_.time_of(frame.size());
  // A frame that finds the line free is always taken, however short the queue.
  if (wait > Span{0} && wait + sending > line_.queue) {
    ++counts_.dropped;
    return;
  }
  counts_.longest_wait = std::max(counts_.longest_wait, wait);
  free_at_ = begin + sending;
  Time due = free_at_ + line_.delay;
  // A delay that became shorter lets nobody overtake.
  if (!under_way_.empty()) due = std::max(due, under_way_.back().due);
  Frame& taken = under_way_.emplace_back(Frame{due, buffer()});
  taken.bytes.assign(frame.begin(), frame.end());
}

std::optional<Time> Direction::next_due() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.front().due;
}

void Direction::pop() {
  Frame& frame = under_way_.front();
  ++counts_.delivered;
  counts_.bytes += frame.bytes.size();
  if (spare_.size() < kMostSpare) spare_.push_back(std::move(frame.bytes));
  under_way_.pop_front();
}

}  // namespace dosvc::lab
