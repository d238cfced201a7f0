#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "dbus/bus_methods.h"
#include "dbus/codec.h"
#include "dbus/wire.h"

namespace dosvc::job_calls {
namespace {

void write_number(MessageWriter& answer, const std::uint32_t& number) { answer.basic('u', &number); }

Result<void> command(BusCall& call, JobCommand what) {
  call.service().command(call.caller(), call.id(), what,
                         call.reply<CommandOutcome>([](MessageWriter&, const auto&) {}));
  return {};
}

// The job is among the finished ones before it leaves the queue, so that at no time it is in neither. Where it is in
// both the queue decides, so a call that fails does no harm.
Result<void> finish(BusCall& call, JobCommand how) {
  ServiceSide& side = call.side();
  if (call.in_queue()) side.finished.add(call.job());
  auto reply = call.reply<CommandOutcome>(
      [](MessageWriter& answer, const CommandOutcome& outcome) {
        write_number(answer, static_cast<std::uint32_t>(outcome.code));
      },
      [&side, id = call.id()](bool ok) {
        if (ok) side.listeners.job_is_gone(id);
      });
  call.service().command(call.caller(), call.id(), how, std::move(reply));
  return {};
}

}  // namespace

Result<void> add_files(BusCall& call) {
  std::vector<NewFile> files;
  if (sd_bus_message_enter_container(call.message(), 'a', "a{sv}") < 0) return BusCall::malformed();
  while (sd_bus_message_at_end(call.message(), 0) == 0) {
    if (files.size() == wire::kMostItems) {
      return Error{E_INVALIDARG, ErrorContext::none,
                   fmt::format("more than {} files in one call; add them in several calls", wire::kMostItems)};
    }
    files.push_back(DO_TRY(wire::read_new_file(call.message())));
  }
  call.service().add_files(call.caller(), call.id(), std::move(files), call.reply<std::uint32_t>(write_number));
  return {};
}

Result<void> resume(BusCall& call) { return command(call, JobCommand::resume); }
Result<void> suspend(BusCall& call) { return command(call, JobCommand::suspend); }
Result<void> take_ownership(BusCall& call) { return command(call, JobCommand::take_ownership); }
Result<void> complete(BusCall& call) { return finish(call, JobCommand::complete); }
Result<void> cancel(BusCall& call) { return finish(call, JobCommand::cancel); }

Result<void> change(BusCall& call) {
  JobChange change = DO_TRY(wire::read_job_change(call.message()));
  call.service().change(call.caller(), call.id(), std::move(change), call.reply<void>(nullptr));
  return {};
}

Result<void> change_file(BusCall& call) {
  std::uint32_t file = 0;
  DO_TRY(call.read("u", &file));
  FileChange change = DO_TRY(wire::read_file_change(call.message()));
  call.service().change_file(call.caller(), call.id(), file, std::move(change), call.reply<void>(nullptr));
  return {};
}

Result<void> replace_remote_prefix(BusCall& call) {
  const char *old_prefix = "", *new_prefix = "";
  DO_TRY(call.read("ss", &old_prefix, &new_prefix));
  call.service().replace_remote_prefix(call.caller(), call.id(), old_prefix, new_prefix,
                                       call.reply<std::uint32_t>(write_number));
  return {};
}

Result<void> set_client_certificate(BusCall& call) {
  auto choice = DO_TRY(wire::read_certificate_choice(call.message()));
  call.service().set_client_certificate(call.caller(), call.id(), std::move(choice), call.reply<void>(nullptr));
  return {};
}

Result<void> start_download(BusCall& call) {
  int whole = 0;
  DO_TRY(call.read("b", &whole));
  std::optional<std::vector<FileRange>> ranges = DO_TRY(wire::read_ranges(call.message()));
  if (whole != 0) ranges.reset();
  call.service().start_download(call.caller(), call.id(), std::move(ranges), call.reply<void>(nullptr));
  return {};
}

Result<void> set_listener(BusCall& call) {
  const char* path = "/";
  DO_TRY(call.read("o", &path));
  DO_TRY(BusListeners::check_path(path));
  // Nothing is kept for a job that isn't there.
  if (!call.in_queue()) DO_TRY(call.any_job());
  if (!call.in_queue()) path = "/";
  call.side().listeners.set(call.client(), call.id(), path, call.reply<void>(nullptr));
  return {};
}

Result<void> get_files(BusCall& call) {
  std::uint32_t first = 0, at_most = 0;
  DO_TRY(call.read("uu", &first, &at_most));
  const auto job = DO_TRY(call.any_job());
  at_most = std::min(at_most, wire::kPageSize);
  call.answer([&](MessageWriter& answer) {
    answer.open('a', "a{sv}");
    for (std::uint32_t n = 0; n < at_most; ++n) {
      const auto file = job->file(first + n);
      if (!file) break;
      wire::write(answer, *file->snapshot());
    }
    answer.close();
  });
  return {};
}

}  // namespace dosvc::job_calls
