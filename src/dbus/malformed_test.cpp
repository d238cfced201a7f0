// Bytes that no library would send.
#include "fakes/adaptor_fixture.h"

#include <cerrno>

#include <unistd.h>

namespace dosvc {
namespace {

// Writes a connection's bytes one by one: the log-in, then messages as the test makes them.
class RawPeer {
 public:
  explicit RawPeer(UniqueFd socket) : socket_(std::move(socket)) {
    std::string uid;
    for (const char digit : std::to_string(::getuid())) uid += "3" + std::string(1, digit);
    write(std::string(1, '\0') + "AUTH EXTERNAL " + uid + "\r\nBEGIN\r\n");
  }
  void write(const std::string& bytes) {
    EXPECT_EQ(::write(socket_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // Everything that came since.
  std::string read() {
    char buffer[4096];
    std::string all;
    for (ssize_t n = 0; (n = ::read(socket_.get(), buffer, sizeof buffer)) > 0;) {
      all.append(buffer, static_cast<std::size_t>(n));
    }
    return all;
  }
  bool hung_up() {
    char byte = 0;
    const ssize_t n = ::read(socket_.get(), &byte, 1);
    return n == 0 || (n < 0 && errno == ECONNRESET);  // reset: there was more that it has not read
  }

 private:
  UniqueFd socket_;
};

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}
void pad(std::string& bytes, std::size_t to) {
  while (bytes.size() % to != 0) bytes += '\0';
}
void add_field(std::string& fields, char code, char type, const std::string& value) {
  pad(fields, 8);
  fields += {code, 1, type, 0};
  if (type == 'g') {
    fields += static_cast<char>(value.size());
  } else {
    fields += number(static_cast<std::uint32_t>(value.size()));
  }
  fields += value + '\0';
}

// A call of the manager's GetJob; `text` goes as it is.
std::string get_job(const std::string& text, char flags = 0) {
  std::string fields;
  add_field(fields, 1, 'o', wire::kManagerPath);
  add_field(fields, 2, 's', wire::kManager);
  add_field(fields, 3, 's', "GetJob");
  add_field(fields, 8, 'g', "s");
  const std::string body = number(static_cast<std::uint32_t>(text.size())) + text + '\0';
  std::string message{'l', 1, flags, 1};
  message += number(static_cast<std::uint32_t>(body.size())) + number(7) +
             number(static_cast<std::uint32_t>(fields.size())) + fields;
  pad(message, 8);
  return message + body;
}

class Malformed : public AdaptorFixture {
 protected:
  RawPeer raw() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    adaptor->serve(BusConnection::accept(bus_loop, UniqueFd(ends[0]), 1000).take(), [this] { ++closed; });
    return RawPeer(UniqueFd(ends[1]));
  }
};

TEST_F(Malformed, a_call_that_is_well_made_is_carried_out) {
  RawPeer peer = raw();
  turn();
  peer.read();
  peer.write(get_job(Uuid::random().text()));
  turn();
  EXPECT_NE(peer.read().find("org.dosvc1.Error.none.x80200001"), std::string::npos);
}

TEST_F(Malformed, a_call_that_wants_no_answer_gets_none) {
  RawPeer peer = raw();
  BusPeer& ada = connect(1000);
  const std::string id = wire::job_at(new_job(ada))->text();
  peer.read();
  constexpr char kNoReplyExpected = 1;
  for (const std::string& text : {id, Uuid::random().text()}) {
    peer.write(get_job(text, kNoReplyExpected));
    turn();
    EXPECT_EQ(peer.read(), "");
  }
}

TEST_F(Malformed, a_text_that_is_not_utf8_is_an_argument_error) {
  RawPeer peer = raw();
  turn();
  for (const std::string& text : {std::string("\xff\xfe"), std::string("a\0b", 3)}) {
    peer.read();
    peer.write(get_job(text));
    turn();
    const std::string answer = peer.read();
    EXPECT_NE(answer.find("org.dosvc1.Error.none.x80070057"), std::string::npos);
    EXPECT_NE(answer.find("can't be read"), std::string::npos);
  }
  EXPECT_EQ(closed, 0);
}

TEST_F(Malformed, what_is_no_message_ends_the_connection_and_no_other) {
  BusPeer& ada = connect(1000);
  for (const std::string& bytes :
       {std::string(64, 'x'), std::string("l\1\0\1\xff\xff\xff\xff\1\0\0\0\xff\xff\xff\xff", 16)}) {
    RawPeer peer = raw();
    turn();
    peer.read();
    peer.write(bytes);
    turn();
    EXPECT_TRUE(peer.hung_up());
  }
  EXPECT_EQ(closed, 2);
  EXPECT_TRUE(manager(ada, "CreateJob", "a{sv}", 0).ok());
}

TEST_F(Malformed, who_does_not_log_in_is_sent_away) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
  const UniqueFd silent(ends[1]);
  adaptor->serve(BusConnection::accept(bus_loop, UniqueFd(ends[0]), 1000).take(), [this] { ++closed; });
  turn();
  EXPECT_EQ(adaptor->direct_connections(), 1u);
  advance(BusConnection::kTimeToBegin);
  EXPECT_EQ(closed, 1);
}

}  // namespace
}  // namespace dosvc
