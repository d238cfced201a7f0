// dosvcd with a clock that tests move: the shipped program's code, given another time. It listens at DOSVC_TEST_CLOCK;
// who writes nanoseconds there, eight bytes in the machine's order, moves the time on, and reads one byte when all that
// was due has been called.

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "base/thread.h"
#include "base/unique_fd.h"
#include "fakes/shifted_time.h"
#include "service/service_main.h"

namespace {

void serve(int listener, dosvc::ShiftedTime& time) {
  for (;;) {
    const dosvc::UniqueFd client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    std::int64_t by = 0;
    if (!client || ::read(client.get(), &by, sizeof by) != static_cast<ssize_t>(sizeof by)) continue;
    time.move(std::chrono::nanoseconds(by));
    (void)!::write(client.get(), "\n", 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* path = ::getenv("DOSVC_TEST_CLOCK");
  if (!path) return 2;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string_view(path).copy(address.sun_path, sizeof address.sun_path - 1);
  ::unlink(path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 8) != 0) {
    return 2;
  }
  static auto& time = *new dosvc::ShiftedTime;  // its thread goes on until the process ends
  dosvc::start_thread("test-clock", [listener] { serve(listener, time); }).detach();
  return dosvc::service::service_main(argc, argv, &time);
}
