#include <algorithm>
#include <string_view>
#include <vector>

#include "dbus/bus_methods.h"
#include "dbus/codec.h"
#include "dbus/shown.h"
#include "dbus/subscription.h"
#include "dbus/wire.h"

namespace dosvc::manager_calls {
namespace {

// The first jobs after `last`, in the order of their ids.
std::vector<std::shared_ptr<JobView>> page_of(std::vector<std::shared_ptr<JobView>> jobs,
                                              const std::optional<JobId>& last, std::size_t at_most) {
  if (last) std::erase_if(jobs, [&](const auto& job) { return job->id() <= *last; });
  const std::size_t size = std::min(jobs.size(), at_most);
  std::partial_sort(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(size), jobs.end(),
                    [](const auto& a, const auto& b) { return a->id() < b->id(); });
  jobs.resize(size);
  return jobs;
}

}  // namespace

Result<void> create_job(BusCall& call) {
  NewJob spec = DO_TRY(wire::read_new_job(call.message()));
  call.service().create_job(call.caller(), std::move(spec),
                            call.reply<std::shared_ptr<JobView>>([](MessageWriter& answer, const auto& job) {
                              answer.basic('o', wire::path_of(job->id()).c_str());
                            }));
  return {};
}

Result<void> get_job(BusCall& call) {
  const char* text = "";
  DO_TRY(call.read("s", &text));
  const auto id = JobId::parse(text);
  if (!id) {
    return Error{E_INVALIDARG, ErrorContext::none,
                 "the text isn't a job's id, such as 01234567-89ab-cdef-0123-456789abcdef"};
  }
  DO_TRY(call.find_job(*id));
  if (!call.in_queue()) return Error{BG_E_NOT_FOUND, ErrorContext::none, "there is no job " + id->text()};
  call.answer([&](MessageWriter& answer) { answer.basic('o', wire::path_of(*id).c_str()); });
  return {};
}

Result<void> list_jobs(BusCall& call) {
  int all_users = 0;
  const char* after = "/";
  std::uint32_t at_most = 0;
  DO_TRY(call.read("bou", &all_users, &after, &at_most));
  if (all_users != 0) DO_TRY(call.allow_administrators_only());
  const auto last = wire::job_at(after);
  if (!last && std::string_view(after) != "/") {
    return Error{E_INVALIDARG, ErrorContext::none,
                 "a list goes on after a job's path, or begins with \"/\"; this is neither"};
  }
  const auto jobs =
      page_of(DO_TRY(call.service().list(call.caller(), all_users != 0)), last, std::min(at_most, wire::kPageSize));
  call.answer([&](MessageWriter& answer) {
    answer.open('a', "(oa{sv})");
    for (const auto& job : jobs) {
      answer.open('r', "oa{sv}").basic('o', wire::path_of(job->id()).c_str());
      wire::write(answer, *shown_to(call.caller(), job->snapshot()));
      answer.close();
    }
    answer.close();
  });
  return {};
}

// Again: the new one takes the place of the one before.
Result<void> subscribe(BusCall& call) {
  int all_users = 0;
  DO_TRY(call.read("b", &all_users));
  if (all_users != 0) DO_TRY(call.allow_administrators_only());
  call.client()->subscription =
      std::make_shared<Subscription>(call.side().loop, call.service(), *call.client(), all_users != 0);
  call.answer([](MessageWriter&) {});
  return {};
}

Result<void> unsubscribe(BusCall& call) {
  call.client()->subscription.reset();
  call.answer([](MessageWriter&) {});
  return {};
}

}  // namespace dosvc::manager_calls
