#pragma once

#include "core/file_layout.h"
#include "core/lane_plan.h"
#include "core/range_set.h"
#include "engine/host_connections.h"
#include "engine/transport.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dosvc {

// The connections over which the missing bytes of one file come, its lanes: one at first, and more as LaneCount finds
// that they help. Each has a stretch of the file; one that is through, or comes anew, takes from the slowest what that
// one would be last with (relief() in core/lane_plan.h). A lane has its stretch for itself only when its answer was
// accepted: until then it stays the other's too, so that a server that brings no parts costs nothing but the question.
// A lane that fails beside others is left out, and its stretch falls to them. Engine thread.
class FileLanes {
 public:
  // How the last one ended, and where in the local file it was.
  struct LastLane {
    FetchEnd end;
    std::uint64_t at = 0;
    bool brought_bytes = false;  // that nobody had brought before
  };

  // Its file's transfer. Any call may lead to stop().
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual const RangeSet& received() const = 0;  // of the local file
    // The first bytes that are missing beside `held`; empty when there are none.
    virtual std::optional<Stretch> missing_beside(const RangeSet& held) const = 0;
    virtual std::uint64_t bytes_missing() const = 0;  // as far as is known
    virtual FetchRequest request_for(const Stretch& stretch, bool beside) = 0;
    // Whether two answers can be known to be of one version of the file.
    virtual bool can_be_parted() const = 0;
    // At most so many connections to one host, by all jobs.
    virtual int most_connections() const = 0;
    // The first lane was answered; without `take` its end follows, as failure.
    virtual void lane_answered(const TakeBody* take, const ResponseHead& head) = 0;
    // These bytes of the local file are written. True: there have never been so many.
    virtual bool lane_brought(ByteRange bytes) = 0;
    // A lane has brought its stretch, up to `end`. That is where the remote file ends, when `ends_file`: nobody could
    // tell before. fill() is expected, or stop().
    virtual void lane_through(std::uint64_t end, bool ends_file) = 0;
    // From now on request_for() makes requests without If-Range (StartAnew::ask_without_if_range). False: so it did.
    virtual bool without_if_range() = 0;
    // None is left, for this reason.
    virtual void lanes_ended(LastLane last) = 0;
  };

  FileLanes(Loop& loop, Transport& transport, HostConnections& connections, Owner& owner)
      : loop_(loop), transport_(transport), connections_(connections), owner_(owner) {}
  ~FileLanes();
  FileLanes(const FileLanes&) = delete;
  FileLanes& operator=(const FileLanes&) = delete;

  // Asks for what is missing, over as many lanes as it is worth. Does nothing when all is here or on its way.
  void fill();
  // Asks for this alone.
  void open(const Stretch& stretch);
  bool any() const { return !lanes_.empty(); }
  void stop();

 private:
  class Lane;

  Lane& add(const Stretch& stretch, bool beside);
  void ask(Lane& lane);
  bool add_another();
  bool relieve(const std::vector<LaneView>& views);
  std::vector<LaneView> views() const;
  std::size_t wanted() const;
  RangeSet held() const;
  void take_over(const Lane& lane);
  void drop_losers();
  void drop_spare();
  void replan();
  void measure_soon();
  void measure();
  void watch();
  std::shared_ptr<Lane> take_out(const Lane& lane);
  int most() const;

  void answered(Lane& lane, const TakeBody* take, const ResponseHead& head);
  void brought(Lane& lane, std::uint64_t end);
  bool hand_on(Lane& lane, std::uint64_t end);
  void ended(Lane& lane, FetchEnd end);
  void ask_again();
  void failed_beside(const Lane& lane, const FetchEnd& end);
  void lost(const Lane& lane, FetchEnd end);

  Loop& loop_;
  Transport& transport_;
  HostConnections& connections_;
  Owner& owner_;
  LaneCount count_;
  bool counting_ = false;    // the size is known, and an answer was accepted
  std::uint64_t bytes_ = 0;  // that came over all lanes
  std::uint32_t run_ = 0;    // ends with stop()
  Timer watch_;
  std::vector<std::shared_ptr<Lane>> lanes_;
  bool measuring_ = false;  // it is about to
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
