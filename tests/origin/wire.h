#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

// Sockets, with waits that end when the origin stops.
namespace dosvc::origin {

// No wait of the origin is longer, whatever a client does.
inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::minutes(10);

// Owns a file descriptor; -1 is none.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  int release();

 private:
  int fd_;
};

// How the bytes of one connection travel: plainly, or through TLS. Never blocks; the socket stays the caller's.
class Channel {
 public:
  enum class Step { moved, wants_read, wants_write, ended };
  struct Outcome {
    Step step = Step::ended;
    std::size_t bytes = 0;
  };
  virtual ~Channel() = default;
  virtual Outcome read(char* to, std::size_t size) = 0;
  virtual Outcome write(const char* from, std::size_t size) = 0;
  // Says that the end of the bytes is meant, where the channel has words for it.
  virtual void say_goodbye() = 0;
};

std::unique_ptr<Channel> plain_channel(int socket);

// One accepted connection, used by one thread. Everything that waits returns false when the origin stops, the peer is
// gone, or kLongestWait is over; the connection is then of no further use.
class Wire {
 public:
  // `stop` becomes readable when the origin stops, and outlives the wire.
  Wire(Fd socket, std::unique_ptr<Channel> channel, int stop);

  // Appends what the peer sent, at least one byte.
  bool receive(std::string& to);
  bool send(std::string_view bytes);
  // Sends nothing until then.
  bool pause_until(std::chrono::steady_clock::time_point when);

  // The three ways to end. A cut is what a crashed server leaves: in TLS nothing says that this was the end. Both wait
  // a moment for the peer to close, for closing earlier could turn bytes still under way into a reset.
  void finish();
  void cut();
  // Ends by a reset, after the peer's system has what was sent.
  void reset();

 private:
  bool wait(int fd, short events, std::chrono::milliseconds at_most);
  bool wait_for(Channel::Step step);
  bool stopped() const;

  Fd socket_;
  std::unique_ptr<Channel> channel_;
  int stop_;
};

// A socket that listens on 127.0.0.1, or everywhere; port 0 chooses one. None when the port can't be had.
Fd listen_on(std::uint16_t port, bool everywhere);
std::uint16_t port_of(int socket);

}  // namespace dosvc::origin
