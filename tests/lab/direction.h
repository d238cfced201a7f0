#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <vector>

namespace dosvc::lab {

using Time = std::chrono::steady_clock::time_point;
using Span = std::chrono::nanoseconds;
using Bytes = std::vector<std::uint8_t>;

// What a line does to frames, in one direction.
struct Line {
  double rate = 0;  // bit/s; 0: unlimited
  Span delay{0};    // of propagation
  Span queue{0};    // at most so long a frame may wait before the line; beyond that it is dropped
  double loss = 0;  // chance of each frame to be lost, 0 to 1

  // How long a frame occupies the line: with preamble, checksum and gap, 24 bytes more than the card is given.
  Span time_of(std::size_t bytes) const;
};

// What became of frames.
struct Counts {
  std::uint64_t delivered = 0;
  std::uint64_t bytes = 0;    // of those
  std::uint64_t lost = 0;     // by chance
  std::uint64_t dropped = 0;  // because the queue was full
  Span longest_wait{0};       // in the queue, of those that were taken
};

// One direction of a link: chance -> queue of bounded length -> a line with a rate -> delay. It has no clock and no
// socket: frames come in by offer() and are due at a time. The queue is a time alone: until when the line is busy.
class Direction {
 public:
  Direction(const Line& line, std::uint64_t seed) : line_(line), chance_(seed) {}

  void change(const Line& line) { line_ = line; }
  void offer(std::span<const std::uint8_t> frame, Time now);

  std::optional<Time> next_due() const;
  // The frame that is due next; there is one. pop() takes it out as delivered.
  const Bytes& front() const { return under_way_.front().bytes; }
  void pop();

  const Counts& counts() const { return counts_; }

 private:
  struct Frame {
    Time due;  // when it leaves the far end
    Bytes bytes;
  };

  bool is_lost() { return line_.loss > 0 && std::uniform_real_distribution<>(0, 1)(chance_) < line_.loss; }
  Bytes buffer();

  Line line_;
  std::mt19937_64 chance_;
  Time free_at_{};  // when the line has sent all that was taken
  std::deque<Frame> under_way_;
  std::vector<Bytes> spare_;  // buffers to use again
  Counts counts_;
};

}  // namespace dosvc::lab
