#include "service/service_main.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/identity.h"
#include "base/log.h"
#include "base/text.h"
#include "service/service.h"

namespace dosvc::service {
namespace {

constexpr int kBadUsage = 2;

}  // namespace

int service_main(int argc, char** argv, Timekeeper* time) {
  const auto parsed = parse_options(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  if (const auto* answer = std::get_if<ShortAnswer>(&parsed)) return ::fputs(answer->text.c_str(), stdout) < 0 ? 1 : 0;
  if (const auto* error = std::get_if<Error>(&parsed)) {
    ::fprintf(stderr, "dosvcd: %s\n", escaped(error->message).c_str());
    return kBadUsage;
  }
  const Options& options = std::get<Options>(parsed);
  // A service that a program has started for itself may have that program's terminal.
  if (options.kind != Kind::own) log_unasked_from(LogLevel::info);
  // A job's files and folders get the rights that its program's umask leaves, whatever ours is. Whatever is the
  // service's own is made with the rights it is to have.
  ::umask(0);
  Signals::hold_back();
  if (options.kind == Kind::system) keep_within_quotas();
  const auto ended = Service(options, time).run();
  if (ended) return *ended;
  log_error("The service can't be started: {}.", ended.error().message);
  return 1;
}

}  // namespace dosvc::service
