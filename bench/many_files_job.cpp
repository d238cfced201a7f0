// many_files_job URL FOLDER COUNT [CA_FILE]: one job brings URL/0 … to FOLDER/0 …, several at a time, and ends when
// they have their names. A program that queues by itself would do the same.

#include <cstdio>
#include <cstdlib>
#include <future>

#include "client/connect.h"
#include "core/blocking_call.h"
#include "process.h"

namespace dosvc::bench {
namespace {

class Ear final : public JobListener {
 public:
  void notify(Notification notification, std::function<void(bool)> answer) override {
    answer(true);
    if (notification.kind == NotificationKind::transferred) end_.set_value({});
    if (notification.kind == NotificationKind::error) end_.set_value(notification.job->job.error->error);
  }

  std::future<Result<void>> end() { return end_.get_future(); }

 private:
  std::promise<Result<void>> end_;
};

Result<void> run(const std::string& url, const std::string& folder, int count, const std::string& ca_file) {
  const auto service = DO_TRY(connect());
  const Caller me = Caller::this_process();
  NewJob spec{.view = ApiView::delivery_optimization, .display_name = "many files", .priority = Priority::foreground};
  spec.http.ca_file = ca_file;
  const auto job =
      DO_TRY(wait_for<std::shared_ptr<JobView>>([&](auto reply) { service->create_job(me, spec, std::move(reply)); }));
  std::vector<NewFile> files;
  for (int i = 0; i < count; ++i) {
    const std::string name = "/" + std::to_string(i);
    files.push_back({.remote_name = url + name, .local_name = folder + name});
  }
  DO_TRY(wait_for<std::uint32_t>(
      [&](auto reply) { service->add_files(me, job->id(), std::move(files), std::move(reply)); }));
  const auto ear = std::make_shared<Ear>();
  DO_TRY(wait_for<void>([&](auto reply) { service->set_listener(me, job->id(), ear, std::move(reply)); }));
  const auto command = [&](JobCommand what) {
    return wait_for<CommandOutcome>([&](auto reply) { service->command(me, job->id(), what, std::move(reply)); });
  };
  DO_TRY(command(JobCommand::resume));
  DO_TRY(ear->end().get());
  DO_TRY(command(JobCommand::complete));
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return 2;
  return dosvc::bench::exit_code(dosvc::bench::run(argv[1], argv[2], std::atoi(argv[3]), argc == 5 ? argv[4] : ""));
}
