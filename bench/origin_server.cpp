#include "origin_server.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace dosvc::bench {

Result<OriginServer> OriginServer::start() {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return system_failed("making a pipe");
  const UniqueFd from_origin(pipe[0]);
  UniqueFd out(pipe[1]);
  auto process = DO_TRY(Companion::start({sibling("dosvc-origin")}, {.out = out.get()}, SIGTERM));
  out.reset();
  // Its first line is its URL.
  std::string url;
  for (char letter = 0; ::read(from_origin.get(), &letter, 1) == 1 && letter != '\n';) url += letter;
  if (url.empty()) return failed("dosvc-origin didn't start");
  return OriginServer(std::move(process), std::move(url));
}

}  // namespace dosvc::bench
