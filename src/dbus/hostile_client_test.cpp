#include "dbus/bus_connection.h"

#include "dbus/codec.h"
#include "dbus/sample_values.h"
#include "fakes/bus_fixture.h"

#include <fcntl.h>

#include <gtest/gtest.h>

#include <random>

namespace dosvc {
namespace {

using namespace std::chrono_literals;

// A client that writes bytes of its own.
class HostileClient : public testing::Test {
 protected:
  HostileClient() : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) { connect(); }

  void connect() {
    socket_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const sockaddr_un address = ListeningSocket::address_of(path_);
    ASSERT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    served_ = BusConnection::accept(loop_, listening_.accept(), ::getuid()).take();
    closed_ = false;
    served_->on_closed([this](BusConnection&) { closed_ = true; });
  }
  void write(std::string_view bytes) {
    for (int tries = 0; !bytes.empty() && tries < 10'000; ++tries) {
      const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno != EAGAIN) {
        return;  // the service has closed it
      }
      loop_.run_until_idle();
    }
  }
  std::string read_line() {
    std::string line;
    while (!line.ends_with("\r\n")) {
      char c = 0;
      const ssize_t n = ::recv(socket_.get(), &c, 1, 0);
      if (n == 0) return line + "(closed)";
      if (n > 0) line += c;
      loop_.run_until_idle();
    }
    return line.substr(0, line.size() - 2);
  }
  static std::string hex(uid_t uid) {
    std::string out;
    for (const char c : std::to_string(uid)) out += std::string("3") + c;  // the digits of ASCII
    return out;
  }
  void begin() {
    using namespace std::string_literals;
    write("\0AUTH EXTERNAL "s + hex(::getuid()) + "\r\n");
    ASSERT_TRUE(read_line().starts_with("OK "));
    write("BEGIN\r\n");
    loop_.run_until_idle();
    ASSERT_GT(sd_bus_is_ready(served_->raw()), 0);
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "socket";
  ListeningSocket listening_{path_};
  FakeLoop time_;
  PolledLoop loop_{time_};
  UniqueFd socket_;
  std::unique_ptr<BusConnection> served_;
  bool closed_ = false;
};

TEST_F(HostileClient, that_never_says_who_it_is_is_dropped) {
  time_.advance(BusConnection::kTimeToBegin - 1s);
  loop_.run_until_idle();
  EXPECT_FALSE(closed_);
  time_.advance(1s);
  ASSERT_FALSE(served_->open());
  loop_.run_until_idle();
  ASSERT_TRUE(closed_);
}

TEST_F(HostileClient, that_says_it_slowly_is_dropped_too) {
  using namespace std::string_literals;
  write("\0AUTH EXTERNAL "s);
  time_.advance(20s);
  write(hex(::getuid()) + "\r\n");
  EXPECT_TRUE(read_line().starts_with("OK "));
  time_.advance(5s);
  ASSERT_FALSE(served_->open());
  loop_.run_until_idle();
  ASSERT_TRUE(closed_);
}

TEST_F(HostileClient, that_has_begun_may_be_silent_as_long_as_it_likes) {
  begin();
  time_.advance(240h);
  loop_.run_until_idle();
  EXPECT_FALSE(closed_);
}

TEST_F(HostileClient, cannot_be_nobody_and_not_somebody_else) {
  using namespace std::string_literals;
  write("\0AUTH ANONYMOUS\r\n"s);
  EXPECT_TRUE(read_line().starts_with("REJECTED"));
  write("AUTH EXTERNAL " + hex(::getuid() + 1) + "\r\n");
  EXPECT_TRUE(read_line().starts_with("REJECTED"));
  write("BEGIN\r\n");
  EXPECT_EQ(read_line(), "ERROR");
  EXPECT_LE(sd_bus_is_ready(served_->raw()), 0);
}

TEST_F(HostileClient, gets_no_agreement_on_file_descriptors) {
  using namespace std::string_literals;
  write("\0AUTH EXTERNAL "s + hex(::getuid()) + "\r\n");
  EXPECT_TRUE(read_line().starts_with("OK "));
  write("NEGOTIATE_UNIX_FD\r\n");
  EXPECT_EQ(read_line(), "ERROR");
}

TEST_F(HostileClient, that_sends_a_file_descriptor_all_the_same_is_dropped_and_the_descriptor_closed) {
  begin();
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  UniqueFd reading(ends[0]), writing(ends[1]);
  char byte = 'l';
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  *reinterpret_cast<int*>(CMSG_DATA(header)) = writing.get();
  ASSERT_EQ(::sendmsg(socket_.get(), &message, 0), 1);
  loop_.run_until_idle();
  ASSERT_TRUE(closed_);
  writing.reset();
  EXPECT_EQ(::read(reading.get(), &byte, 1), 0) << "somebody still holds the other end";
}

TEST_F(HostileClient, that_writes_no_messages_is_dropped) {
  begin();
  write(std::string(1000, '\xff'));
  loop_.run_until_idle();
  ASSERT_TRUE(closed_);
}

TEST_F(HostileClient, that_announces_more_than_a_message_can_hold_is_dropped) {
  begin();
  const std::uint32_t header[] = {0x01000100u | 'l', 0x7FFFFFFF, 1, 0x7FFFFFFF, 0, 0};
  write({reinterpret_cast<const char*>(header), sizeof header});
  loop_.run_until_idle();
  ASSERT_TRUE(closed_);
}

// ---- Messages that are nearly right ----

// What our own client writes when it calls with this value, from the first byte of the message.
std::string bytes_of_call(const std::string& folder, const std::function<void(MessageWriter&)>& write) {
  using namespace std::string_literals;
  const std::string path = folder + "/capture";
  ListeningSocket listening(path);
  FakeLoop time;
  PolledLoop loop(time);
  auto client = BusConnection::connect(loop, "unix:path=" + path, false).take();
  const UniqueFd socket = listening.accept();
  MessageWriter message = client->call_message(nullptr, "/org/dosvc1/job/a", "org.dosvc1.Job", "Change");
  write(message);
  const PendingCall call = client->call(std::move(message), std::nullopt, [](const auto&) {});
  const std::string ok = "DATA\r\nOK " + std::string(32, 'a') + "\r\n";
  EXPECT_EQ(::send(socket.get(), ok.data(), ok.size(), 0), static_cast<ssize_t>(ok.size()));
  loop.run_until_idle();
  std::string all(1 << 20, '\0');
  const ssize_t size = ::recv(socket.get(), all.data(), all.size(), 0);
  all.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return all.substr(all.find("BEGIN\r\n") + 7);
}

TEST_F(HostileClient, that_writes_all_at_once_is_served) {
  using namespace std::string_literals;
  const std::string call =
      bytes_of_call(folder_.path(), [](MessageWriter& to) { wire::write(to, std::vector<FileRange>()); });
  int came = 0;
  served_->on_message([&](BusConnection&, sd_bus_message*) { return ++came > 0; });
  write("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"s + call + call + call);
  loop_.run_until_idle();
  EXPECT_EQ(came, 3);
}

// Changes a few bytes of a right message, sends it and reads it as everything that it could be. Whatever comes of it,
// the service goes on.
TEST_F(HostileClient, that_sends_nearly_right_messages_harms_nobody) {
  constexpr std::uint32_t kSeed = 20'241'130;
  std::mt19937 random(kSeed);
  RecordProperty("seed", kSeed);
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::string right = bytes_of_call(folder_.path(), [](MessageWriter& to) { wire::write(to, sample_change()); });
  ASSERT_GT(right.size(), 500u);

  int came = 0, refused = 0;
  const auto expect_sound = [&](const auto& result) {
    if (result) return;
    ++refused;
    EXPECT_EQ(result.error().code, E_INVALIDARG);
  };
  const auto listen = [&] {
    served_->on_message([&](BusConnection& connection, sd_bus_message* message) {
      ++came;
      const auto read_anew = [&](auto read) {
        sd_bus_message_rewind(message, 1);
        expect_sound(read(message));
      };
      read_anew(wire::read_job_change);
      read_anew(wire::read_file_change);
      read_anew(wire::read_job);
      read_anew(wire::read_file);
      read_anew(wire::read_new_job);
      read_anew(wire::read_new_file);
      read_anew(wire::read_certificate_choice);
      read_anew(wire::read_ranges);
      sd_bus_message_rewind(message, 1);
      connection.send(connection.answer_message(message));
      return true;
    });
  };
  begin();
  listen();
  for (int i = 0; i < 2000; ++i) {
    std::string message = right;
    for (std::uint32_t changes = random() % 4; changes > 0; --changes) {
      message[random() % message.size()] = static_cast<char>(random());
    }
    write(message);
    loop_.run_until_idle();
    // What was announced and doesn't come would swallow the next message.
    if (random() % 8 == 0 || closed_) {
      socket_.reset();
      loop_.run_until_idle();
      ASSERT_TRUE(closed_);
      connect();
      begin();
      listen();
    }
  }
  EXPECT_GT(came, 50);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace dosvc
