#include "api/service.h"

#include "api/notifier.h"
#include "api/program_listener.h"
#include "api/values.h"
#include "base/log.h"
#include "client/connect.h"
#include "com/apartment.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace dosvc {
namespace {

// Never destroyed: objects may be used, and callbacks run, while the process exits.
struct Opened {
  std::mutex mutex;  // held while connecting: two threads that begin at once share one session
  Session::Connect connect = [] { return dosvc::connect(); };
  std::shared_ptr<Session> session;
  bool hooked = false;
  bool exiting = false;
};

Opened& opened() {
  static auto* const one = new Opened;
  return *one;
}

}  // namespace

// Counts for Session::close() from the moment it is posted until it is over, or dropped.
class Session::Errand {
 public:
  explicit Errand(std::shared_ptr<Session> session) : session_(std::move(session)) {
    const std::lock_guard lock(session_->mutex_);
    ++session_->errands_;
  }
  ~Errand() {
    const std::lock_guard lock(session_->mutex_);
    --session_->errands_;
    session_->errand_over_.notify_all();
  }
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

 private:
  std::shared_ptr<Session> session_;
};

// What a thread is while it runs the program's code. On the thread of an apartment they nest, when the program
// dispatches messages within a callback.
class Session::Calling {
 public:
  explicit Calling(Session& session) : session_(session), outer_(innermost) {
    if (!has_apartment()) apartment_.emplace();
    innermost = this;
  }
  ~Calling() { innermost = outer_; }
  Calling(const Calling&) = delete;
  Calling& operator=(const Calling&) = delete;

  // The session for which this thread is calling out, or NULL; and how many of its calls that are.
  static Session* session() { return innermost ? &innermost->session_ : nullptr; }
  static std::size_t calls_of(const Session& session) {
    std::size_t count = 0;
    for (const Calling* each = innermost; each; each = each->outer_) count += &each->session_ == &session ? 1 : 0;
    return count;
  }

 private:
  static thread_local const Calling* innermost;
  Session& session_;
  const Calling* const outer_;
  std::optional<LentApartment> apartment_;
};
thread_local const Session::Calling* Session::Calling::innermost = nullptr;

Session::Session(std::shared_ptr<JobService> service) : process_(::getpid()), service_(std::move(service)) {}

// A child of fork has none of the service's threads: to end the service would wait for them for ever.
Session::~Session() {
  if (::getpid() != process_) new std::shared_ptr<JobService>(std::move(service_));
}

Result<std::shared_ptr<Session>> Session::current() {
  if (Session* const caller = Calling::session()) return caller->shared_from_this();
  Opened& process = opened();
  const std::lock_guard lock(process.mutex);
  if (process.session) return process.session;
  if (process.exiting) return failed_with(RPC_E_DISCONNECTED, "the process exits");
  auto service = process.connect();
  if (!service) {
    log_error("{}", service.error().message);
    return service.error();
  }
  if (!process.hooked) {
    on_last_uninitialize(close_current);
    // After the libraries below have registered theirs, so that it runs before them: the transfers end while all they
    // use is still there.
    std::atexit(leave_at_exit);
    process.hooked = true;
  }
  process.session = std::make_shared<Session>(std::move(service).take());
  return process.session;
}

void Session::connect_with(Connect connect) {
  Opened& process = opened();
  const std::lock_guard lock(process.mutex);
  process.connect = std::move(connect);
}

Result<std::shared_ptr<JobService>> Session::service() const {
  const std::lock_guard lock(mutex_);
  if (service_ && ::getpid() == process_) return service_;
  return failed_with(RPC_E_DISCONNECTED, "the last CoUninitialize has ended what is behind this object");
}

bool Session::call_out(std::function<void()> work) {
  return call_out(nullptr, [work = std::move(work)](bool) { work(); });
}

bool Session::call_out(const std::shared_ptr<ApartmentCalls>& home, ApartmentCalls::Call work) {
  auto errand = std::make_shared<Errand>(shared_from_this());
  auto call = [self = shared_from_this(), errand, work = std::move(work)](bool made) mutable {
    const Calling calling(*self);
    work(made);
    work = nullptr;  // releases what is the program's while close() still waits
  };
  if (home) return home->post(std::move(call));
  return Notifier::process().post([call = std::move(call)]() mutable { call(true); });
}

void Session::close() {
  closing_ = true;
  if (const auto held = service()) drop_listeners(**held);
  {
    // A callback that closes the session it is called for can't wait for itself.
    const std::size_t own = Calling::calls_of(*this);
    std::unique_lock lock(mutex_);
    errand_over_.wait(lock, [&] { return errands_ == own; });
  }
  take_service().reset();
}

void Session::will_listen(const std::shared_ptr<JobView>& job) {
  const std::lock_guard lock(mutex_);
  if (listened_to_.size() >= tidy_at_) {
    std::erase_if(listened_to_, [](const auto& each) { return each.expired(); });
    tidy_at_ = std::max<std::size_t>(64, 2 * listened_to_.size());
  }
  listened_to_.push_back(job);
}

// Lets the program's objects go on this thread, so that a callback which holds its job does not keep both for ever.
void Session::drop_listeners(JobService& service) {
  std::vector<std::weak_ptr<JobView>> jobs;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(listened_to_);
  }
  for (const auto& job : jobs) {
    const auto view = job.lock();
    const auto listener = view ? ProgramListener::of(*view) : nullptr;
    if (!listener || !listener->belongs_to(*this)) continue;
    (void)wait_for<void>(
        [&](auto reply) { service.set_listener(Caller::this_process(), view->id(), nullptr, std::move(reply)); });
    listener->disconnect();
  }
}

std::shared_ptr<JobService> Session::take_service() {
  const std::lock_guard lock(mutex_);
  return std::exchange(service_, nullptr);
}

void Session::close_current() noexcept {
  try {
    std::shared_ptr<Session> last;
    {
      const std::lock_guard lock(opened().mutex);
      last = std::exchange(opened().session, nullptr);
    }
    if (last && ::getpid() == last->process_) last->close();
  } catch (...) {
    // Short of memory: the service stays for the rest of the process.
  }
}

// The program has not said CoUninitialize. Callbacks may be running, even for ever, and are not waited for; none begins
// any more. The transfers are ended in good order, unless another thread is in the middle of a call.
void Session::leave_at_exit() noexcept {
  try {
    Notifier::process().stop();
    std::shared_ptr<Session> last;
    {
      const std::lock_guard lock(opened().mutex);
      opened().exiting = true;
      last = std::exchange(opened().session, nullptr);
    }
    if (!last || ::getpid() != last->process_) return;
    last->closing_ = true;
    last->take_service().reset();
  } catch (...) {
    // As above.
  }
}

}  // namespace dosvc
