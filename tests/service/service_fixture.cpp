#include "service/service_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

namespace dosvc::service_tests {

namespace fs = std::filesystem;
using cli_tests::Finished;
using cli_tests::Program;

namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

bool can_be_read(int fd) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) > 0;
}

}  // namespace

Notifications::Notifications(const std::string& path)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  const sockaddr_un address = address_of(path);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) ::abort();
}

bool Notifications::wait_for(const std::string& line) {
  while (can_be_read(socket_.get())) {
    // sd_notify_barrier() sends the end of a pipe, and waits until it is closed.
    char block[1000];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    iovec piece{block, sizeof block};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return false;
    if (const cmsghdr* sent = CMSG_FIRSTHDR(&message)) ::close(*reinterpret_cast<const int*>(CMSG_DATA(sent)));
    all.emplace_back(block, static_cast<std::size_t>(got));
    if (("\n" + all.back() + "\n").find("\n" + line + "\n") != std::string::npos) return true;
  }
  return false;
}

Client::Client(const std::string& socket_path, std::string job) : job_(std::move(job)) {
  sd_bus* bus = nullptr;
  if (::sd_bus_new(&bus) < 0) return;
  bus_.reset(bus);
  const std::string address = "unix:path=" + socket_path;
  (void)::sd_bus_set_address(bus, address.c_str());
  (void)::sd_bus_set_bus_client(bus, 0);
  (void)::sd_bus_start(bus);
}

std::string Client::create_job(const std::string& name) {
  sd_bus_error error{};
  sd_bus_message* answer = nullptr;
  std::string outcome;
  if (::sd_bus_call_method(bus_.get(), nullptr, "/org/dosvc1", "org.dosvc1.Manager", "CreateJob", &error, &answer,
                           "a{sv}", 1, "DisplayName", "s", name.c_str()) < 0) {
    outcome = error.name ? error.name : "no answer";
  } else {
    const char* path = nullptr;
    (void)::sd_bus_message_read(answer, "o", &path);
    if (path) job_ = path;
  }
  ::sd_bus_error_free(&error);
  ::sd_bus_message_unref(answer);
  return outcome;
}

std::string Client::add_file(const std::string& url, const std::string& local_name) {
  sd_bus_error error{};
  std::string outcome;
  if (::sd_bus_call_method(bus_.get(), nullptr, job_.c_str(), "org.dosvc1.Job", "AddFiles", &error, nullptr, "aa{sv}",
                           1, 2, "RemoteName", "s", url.c_str(), "LocalName", "s", local_name.c_str()) < 0) {
    outcome = error.name ? error.name : "no answer";
  }
  ::sd_bus_error_free(&error);
  return outcome;
}

std::string Client::call_job(const char* method) {
  sd_bus_error error{};
  std::string outcome;
  if (::sd_bus_call_method(bus_.get(), nullptr, job_.c_str(), "org.dosvc1.Job", method, &error, nullptr, "") < 0) {
    outcome = error.name ? error.name : "no answer";
  }
  ::sd_bus_error_free(&error);
  return outcome;
}

std::string Client::text_property(const char* name) {
  char* value = nullptr;
  (void)::sd_bus_get_property_string(bus_.get(), nullptr, job_.c_str(), "org.dosvc1.Job", name, nullptr, &value);
  const std::string text = value ? value : "";
  ::free(value);
  return text;
}

std::uint32_t Client::number_property(const char* name) {
  std::uint32_t value = 0;
  (void)::sd_bus_get_property_trivial(bus_.get(), nullptr, job_.c_str(), "org.dosvc1.Job", name, nullptr, 'u', &value);
  return value;
}

std::uint64_t Client::large_property(const char* name) {
  std::uint64_t value = 0;
  (void)::sd_bus_get_property_trivial(bus_.get(), nullptr, job_.c_str(), "org.dosvc1.Job", name, nullptr, 't', &value);
  return value;
}

ServiceTest::ServiceTest() {
  fs::create_directory(downloads_);
  environment_ = {{"HOME", home_.path()},
                  {"PATH", "/usr/bin:/bin"},
                  {"NOTIFY_SOCKET", home_ / "notify"},
                  {"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + (home_ / "no-bus")},
                  {"DOSVC_TEST_CLOCK", home_ / "clock"}};
}

std::unique_ptr<Program> ServiceTest::start(std::vector<std::string> words, const std::string& program) {
  words.insert(words.begin(), {program, "--state-directory", state_, "--config", configuration_});
  return std::make_unique<Program>(Program::Start{std::move(words), home_.path(), environment_});
}

std::unique_ptr<Program> ServiceTest::start_own(std::vector<std::string> words, const std::string& program) {
  words.insert(words.begin(), "--own");
  auto service = start(std::move(words), program);
  if (systemd_.wait_for("READY=1")) return service;
  ADD_FAILURE() << "it is not ready: " << end(*service, SIGKILL).err;
  return nullptr;
}

std::unique_ptr<Program> ServiceTest::start_system(std::vector<std::string> words) {
  words.insert(words.begin(), {"--system", "--listen", system_socket_});
  auto service = start(std::move(words));
  if (systemd_.wait_for("READY=1")) return service;
  ADD_FAILURE() << "it is not ready: " << end(*service, SIGKILL).err;
  return nullptr;
}

Finished ServiceTest::end(Program& program, int signal) {
  if (signal != 0) program.signal(signal);
  return program.finish();
}

void ServiceTest::move_clock(std::chrono::nanoseconds by) const {
  const UniqueFd clock = connect_to(home_ / "clock");
  ASSERT_TRUE(clock) << "the service has no test clock";
  const std::int64_t count = by.count();
  ASSERT_EQ(::write(clock.get(), &count, sizeof count), static_cast<ssize_t>(sizeof count));
  char moved = 0;
  (void)!::read(clock.get(), &moved, 1);  // or the end, when the service ended of it
}

bool as_user(uid_t user, const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_user = ::setresgid(user, user, user) == 0 && ::setresuid(user, user, user) == 0;
    ::_exit(is_user && work() ? 0 : 1);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

UniqueFd connect_to(const std::string& path) {
  const sockaddr_un address = address_of(path);
  UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) client.reset();
  return client;
}

bool is_turned_away(int socket) {
  char byte = 0;
  return can_be_read(socket) && ::read(socket, &byte, 1) <= 0;
}

}  // namespace dosvc::service_tests
