#include "dbus/proxy.h"

#include "base/loop_thread.h"
#include "dbus/callback_register.h"
#include "dbus/codec.h"
#include "dbus/proxy_door.h"
#include "dbus/proxy_jobs.h"
#include "dbus/queue_followers.h"
#include "dbus/service_link.h"
#include "dbus/wire.h"

#include <unistd.h>

#include <utility>

namespace dosvc {
namespace {

using Views = std::vector<std::shared_ptr<JobView>>;

// A reply for a call that answers with nothing, or with something to be read.
auto no_value(Reply<void> reply) {
  return [reply = std::move(reply)](const Result<sd_bus_message*>& answer) {
    reply(answer ? Result<void>() : Result<void>(answer.error()));
  };
}

Error malformed() {
  return Error{E_UNEXPECTED, ErrorContext::none, "the service's answer can't be read: is it of another version?"};
}

Result<std::uint32_t> read_number(const Result<sd_bus_message*>& answer) {
  if (!answer) return answer.error();
  std::uint32_t number = 0;
  if (sd_bus_message_read(*answer, "u", &number) <= 0) return malformed();
  return number;
}

const char* member_of(JobCommand command) {
  switch (command) {
    case JobCommand::suspend:
      return "Suspend";
    case JobCommand::resume:
      return "Resume";
    case JobCommand::cancel:
      return "Cancel";
    case JobCommand::complete:
      return "Complete";
    case JobCommand::take_ownership:
      return "TakeOwnership";
  }
  return "";
}

ServiceCall job_call(const JobId& id, const char* member) { return {wire::path_of(id), wire::kJob, member}; }

// Everything of the proxy's thread, each above what uses it.
struct OnThread {
  std::shared_ptr<ProxyDoor> door;
  ServiceLink link;
  KnownJobs jobs;
  CallbackRegister callbacks;
  QueueFollowers followers;
  ProxyParts parts;

  OnThread(Loop& loop, std::shared_ptr<ProxyDoor> way_in, FindService find)
      : door(std::move(way_in)),
        link(loop, std::move(find), owner()),
        jobs(door, link, [this](const ProxyJob& job) { callbacks.job_is_over(job); }),
        callbacks(door, link),
        followers(link, jobs),
        parts{link, jobs, callbacks, followers} {
    door->open(parts);
  }
  ~OnThread() { door->close(); }

 private:
  ServiceLink::Owner owner() {
    return {.connected =
                [this] {
                  callbacks.register_again();
                  followers.subscribe_again();
                },
            .lost = [this] { callbacks.forget_calls(); },
            .message =
                [this](BusConnection& connection, sd_bus_message* message) {
                  return callbacks.call(jobs, connection, message) || followers.signal(message);
                },
            // A job that is listened to is there, and wants to be carried out.
            .waits =
                [this] {
                  using Waits = ServiceLink::Owner::Waits;
                  if (!callbacks.empty()) return Waits::who_needs_it;
                  return followers.empty() ? Waits::nobody : Waits::who_watches;
                }};
  }
};

struct Running {
  std::unique_ptr<LoopThread> thread;
  std::shared_ptr<ProxyDoor> door;
  std::unique_ptr<OnThread> parts;

  ~Running() {
    if (thread) thread->run_and_wait([this] { parts.reset(); });
  }
};

class BusProxy final : public JobService {
 public:
  explicit BusProxy(std::unique_ptr<Running> running)
      : running_(std::move(running)), door_(running_->door), process_(::getpid()) {}
  ~BusProxy() override {
    // A child of fork has none of the threads.
    if (::getpid() != process_) {
      (void)running_.release();
      return;
    }
    LoopThread& thread = *running_->thread;
    end_thread_holder(thread, std::move(running_));
  }

  void create_job(const Caller&, NewJob spec, Reply<std::shared_ptr<JobView>> reply) override {
    ServiceCall call{wire::kManagerPath, wire::kManager, "CreateJob"};
    call.write = [spec = std::move(spec)](MessageWriter& arguments) { wire::write(arguments, spec); };
    call.answered = [door = door_, reply = std::move(reply)](const Result<sd_bus_message*>& answer) {
      const char* path = nullptr;
      if (!answer) return reply(answer.error());
      const auto id = sd_bus_message_read(*answer, "o", &path) > 0 ? wire::job_at(path) : std::optional<JobId>();
      if (!id) return reply(malformed());
      (void)door->run([id = *id, reply](ProxyParts& parts) { ask_for(parts, id, reply); });
    };
    make(std::move(call));
  }

  void add_files(const Caller&, const JobId& id, std::vector<NewFile> files, Reply<std::uint32_t> reply) override {
    ServiceCall call = job_call(id, "AddFiles");
    call.write = [files = std::move(files)](MessageWriter& arguments) {
      arguments.open('a', "a{sv}");
      for (const NewFile& file : files) wire::write(arguments, file);
      arguments.close();
    };
    call.answered = [reply = std::move(reply)](const Result<sd_bus_message*>& answer) { reply(read_number(answer)); };
    make(std::move(call));
  }

  void command(const Caller&, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) override {
    const bool ends = command == JobCommand::cancel || command == JobCommand::complete;
    ServiceCall call = job_call(id, member_of(command));
    call.again = !ends;
    call.answered = [door = door_, id, ends, reply = std::move(reply)](const Result<sd_bus_message*>& answer) {
      if (!answer) return reply(answer.error());
      if (!ends) return reply(CommandOutcome{});
      const auto code = read_number(answer);
      if (!code) return reply(code.error());
      // Its last state is looked at before anybody hears of it: the service doesn't tell it for ever.
      const CommandOutcome outcome{hresult(*code)};
      (void)door->run([id, outcome, reply](ProxyParts& parts) {
        parts.jobs.ask_job(id, [outcome, reply](const auto&) { reply(outcome); });
      });
    };
    make(std::move(call));
  }

  void change(const Caller&, const JobId& id, JobChange change, Reply<void> reply) override {
    ServiceCall call = job_call(id, "Change");
    call.write = [change = std::move(change)](MessageWriter& arguments) { wire::write(arguments, change); };
    call.again = true;
    call.answered = no_value(std::move(reply));
    make(std::move(call));
  }

  void change_file(const Caller&, const JobId& id, std::uint32_t index, FileChange change, Reply<void> reply) override {
    ServiceCall call = job_call(id, "ChangeFile");
    call.write = [index, change = std::move(change)](MessageWriter& arguments) {
      arguments.basic('u', &index);
      wire::write(arguments, change);
    };
    call.again = true;
    call.answered = no_value(std::move(reply));
    make(std::move(call));
  }

  void replace_remote_prefix(const Caller&, const JobId& id, std::string old_prefix, std::string new_prefix,
                             Reply<std::uint32_t> reply) override {
    ServiceCall call = job_call(id, "ReplaceRemotePrefix");
    call.write = [old_prefix = std::move(old_prefix), new_prefix = std::move(new_prefix)](MessageWriter& arguments) {
      arguments.text(old_prefix.c_str()).text(new_prefix.c_str());
    };
    call.answered = [reply = std::move(reply)](const Result<sd_bus_message*>& answer) { reply(read_number(answer)); };
    make(std::move(call));
  }

  void set_client_certificate(const Caller&, const JobId& id, std::optional<CertificateChoice> choice,
                              Reply<void> reply) override {
    ServiceCall call = job_call(id, "SetClientCertificate");
    call.write = [choice = std::move(choice)](MessageWriter& arguments) { wire::write(arguments, choice); };
    call.again = true;
    call.answered = no_value(std::move(reply));
    make(std::move(call));
  }

  void start_download(const Caller&, const JobId& id, std::optional<std::vector<FileRange>> ranges,
                      Reply<void> reply) override {
    ServiceCall call = job_call(id, "StartDownload");
    call.again = !ranges;  // ranges are appended
    call.write = [ranges = std::move(ranges)](MessageWriter& arguments) {
      const int whole = ranges ? 0 : 1;
      arguments.basic('b', &whole);
      wire::write(arguments, ranges.value_or(std::vector<FileRange>()));
    };
    call.answered = no_value(std::move(reply));
    make(std::move(call));
  }

  void set_listener(const Caller&, const JobId& id, std::shared_ptr<JobListener> listener, Reply<void> reply) override {
    (void)door_->run([id, listener = std::move(listener), reply = std::move(reply)](ProxyParts& parts) {
      parts.callbacks.set(id, parts.jobs.find(id), listener, reply);
    });
  }

  Result<std::shared_ptr<JobView>> find(const Caller&, const JobId& id) const override {
    if (!door_->may_wait()) return known(id);
    return door_->ask<std::shared_ptr<JobView>>([id](ProxyParts& parts, Reply<std::shared_ptr<JobView>> reply) {
      // A job that is over can be looked at for a while, but not found.
      ServiceCall call{wire::kManagerPath, wire::kManager, "GetJob"};
      call.write = [id](MessageWriter& arguments) { arguments.text(id.text().c_str()); };
      call.again = true;
      auto refused = std::make_shared<std::optional<Error>>();
      call.answered = [refused](const Result<sd_bus_message*>& answer) {
        if (!answer) *refused = answer.error();
      };
      parts.link.call(std::move(call));
      parts.jobs.ask_job(id, [refused, reply](const Result<std::shared_ptr<ProxyJob>>& job) {
        if (*refused) return reply(**refused);
        if (!job) return reply(job.error());
        reply(std::shared_ptr<JobView>(*job));
      });
    });
  }

  Result<Views> list(const Caller&, bool all_users) const override {
    if (!door_->may_wait()) return known_here();
    return door_->ask<Views>(
        [all_users](ProxyParts& parts, Reply<Views> reply) { parts.jobs.ask_list(all_users, std::move(reply)); });
  }

  void observe(const Caller&, bool all_users, std::weak_ptr<QueueObserver> observer) override {
    (void)door_->run(
        [all_users, observer = std::move(observer)](ProxyParts& parts) { parts.followers.add(all_users, observer); });
  }

 private:
  static void ask_for(ProxyParts& parts, const JobId& id, const Reply<std::shared_ptr<JobView>>& reply) {
    parts.jobs.ask_job(id, [reply](const Result<std::shared_ptr<ProxyJob>>& job) {
      reply(job ? Result<std::shared_ptr<JobView>>(*job) : Result<std::shared_ptr<JobView>>(job.error()));
    });
  }
  void make(ServiceCall call) const {
    // Shared, because a function that is posted must be copyable, and once is enough for the arguments.
    (void)door_->run([call = std::make_shared<ServiceCall>(std::move(call))](ProxyParts& parts) {
      parts.link.call(std::move(*call));
    });
  }

  // On the proxy's own thread; nothing can be known in a child of fork.
  Result<std::shared_ptr<JobView>> known(const JobId& id) const {
    const auto job = ::getpid() == process_ ? running_->parts->jobs.find(id) : nullptr;
    if (job) return std::shared_ptr<JobView>(job);
    return Error{BG_E_NOT_FOUND, ErrorContext::none, "nothing is known of job " + id.text()};
  }
  Views known_here() const { return ::getpid() == process_ ? running_->parts->jobs.all() : Views(); }

  std::unique_ptr<Running> running_;
  const std::shared_ptr<ProxyDoor> door_;
  const pid_t process_;
};

}  // namespace

Result<std::unique_ptr<JobService>> open_bus_proxy(FindService find) {
  auto running = std::make_unique<Running>();
  running->thread = DO_TRY(LoopThread::create("dosvc-bus"));
  Loop& loop = running->thread->loop();
  running->door = std::make_shared<ProxyDoor>(loop);
  running->thread->run_and_wait(
      [&] { running->parts = std::make_unique<OnThread>(loop, running->door, std::move(find)); });
  // Whether there is a service at all is for the caller to know.
  DO_TRY(running->door->ask<void>([](ProxyParts& parts, Reply<void> reply) {
    ServiceCall call{wire::kManagerPath, "org.freedesktop.DBus.Peer", "Ping"};
    call.again = true;
    call.answered = no_value(std::move(reply));
    parts.link.call(std::move(call));
  }));
  return std::unique_ptr<JobService>(new BusProxy(std::move(running)));
}

}  // namespace dosvc
