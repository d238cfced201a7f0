#include "dbus/bus_connection.h"

#include "base/text.h"
#include "dbus/error_names.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <cstring>
#include <string_view>
#include <utility>

namespace dosvc {
namespace {

// The kernel's share of what waits for a client; sd-bus asks for 8 MiB.
constexpr int kSendBuffer = 256 << 10;
constexpr std::size_t kMostMessagesWaiting = 64;
// Messages that are handled before other work of the loop gets its turn.
constexpr int kMessagesAtATime = 16;

constexpr char kLocalInterface[] = "org.freedesktop.DBus.Local";

Error failed(HRESULT code, const std::string& what, int error) {
  return Error{error == -ENOMEM ? E_OUTOFMEMORY : code, ErrorContext::none, what + ": " + std::strerror(-error)};
}

Error no_connection(int error) { return failed(E_FAIL, "a connection to D-Bus can't be made", error); }

Error spoiled() { return Error{E_FAIL, ErrorContext::none, "the message can't be put into the form of D-Bus"}; }

std::uint64_t monotonic_microseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_nsec) / 1'000;
}

Interest interest_of(int events) {
  const bool readable = (events & POLLIN) != 0;
  const bool writable = (events & POLLOUT) != 0;
  if (readable) return writable ? Interest::both : Interest::readable;
  return writable ? Interest::writable : Interest::none;
}

std::uint8_t type_of(sd_bus_message* message) {
  std::uint8_t type = 0;
  return sd_bus_message_get_type(message, &type) < 0 ? std::uint8_t{0} : type;
}

bool is_answer(sd_bus_message* message) {
  const std::uint8_t type = type_of(message);
  return type == SD_BUS_MESSAGE_METHOD_RETURN || type == SD_BUS_MESSAGE_METHOD_ERROR;
}

}  // namespace

// ---- To begin and to end ----

BusConnection::BusConnection(Loop& loop, sd_bus* bus, End end, std::optional<uid_t> peer)
    : loop_(loop), bus_(bus), end_(end), peer_(peer) {}

BusConnection::~BusConnection() = default;

Result<std::unique_ptr<BusConnection>> BusConnection::connect(Loop& loop, const std::string& address, bool bus) {
  sd_bus* made = nullptr;
  if (const int r = sd_bus_new(&made); r < 0) return no_connection(r);
  const End end = bus ? End::bus : End::client;
  auto connection = std::unique_ptr<BusConnection>(new BusConnection(loop, made, end, std::nullopt));
  int r = sd_bus_set_address(made, address.c_str());
  if (r >= 0) r = sd_bus_set_bus_client(made, bus);
  if (r >= 0) r = connection->start();
  if (r == -EINVAL) return failed(E_INVALIDARG, "\"" + escaped(address) + "\" is no D-Bus address", r);
  if (r < 0) return wire::lost("nobody can be reached at " + escaped(address) + ": " + std::strerror(-r));
  return connection;
}

Result<std::unique_ptr<BusConnection>> BusConnection::accept(Loop& loop, UniqueFd socket, uid_t peer) {
  sd_bus* made = nullptr;
  if (const int r = sd_bus_new(&made); r < 0) return no_connection(r);
  auto connection = std::unique_ptr<BusConnection>(new BusConnection(loop, made, End::service, peer));
  sd_id128_t id{};
  int r = sd_id128_randomize(&id);
  if (r >= 0) r = sd_bus_set_server(made, 1, id);
  if (r >= 0) r = sd_bus_set_fd(made, socket.get(), socket.get());
  if (r < 0) return no_connection(r);
  const int fd = socket.release();  // sd-bus closes it
  if (r = connection->start(); r < 0) return no_connection(r);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  return connection;
}

int BusConnection::start() {
  int r = sd_bus_negotiate_fds(raw(), 0);
  if (r >= 0) r = sd_bus_start(raw());
  sd_bus_message* placeholder = nullptr;
  if (r >= 0) r = sd_bus_message_new_signal(raw(), &placeholder, "/", "org.dosvc1.Placeholder", "Placeholder");
  placeholder_.reset(placeholder);
  if (r >= 0) r = sd_bus_message_seal(placeholder, 1, 0);
  if (r < 0) return r;
  beginning_ = loop_.after(kTimeToBegin, [this] {
    if (sd_bus_is_ready(raw()) <= 0) drop();
  });
  arm();
  return 0;
}

void BusConnection::on_peer_call(std::function<bool(sd_bus_message* call)> allowed) {
  peer_call_allowed_ = std::move(allowed);
  const auto filter = [](sd_bus_message* message, void* self, sd_bus_error*) {
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Peer", nullptr) <= 0) return 0;
    return static_cast<BusConnection*>(self)->peer_call_allowed_(message) ? 0 : 1;
  };
  sd_bus_add_filter(raw(), nullptr, filter, this);
}

bool BusConnection::open() const { return sd_bus_is_open(raw()) > 0; }

void BusConnection::drop() {
  watch_.reset();
  watched_fd_ = -1;
  sd_bus_close(raw());
  arm();
}

void BusConnection::close() {
  if (std::exchange(closed_before_, true)) return;
  watch_.reset();
  timer_.reset();
  beginning_.reset();
  sd_bus_close(raw());
  const std::weak_ptr<bool> alive = alive_;
  // What an answer calls anew waits for its own end.
  const std::uint64_t last = calls_->empty() ? 0 : calls_->rbegin()->first;
  while (!calls_->empty() && calls_->begin()->first <= last) {
    answer(calls_->begin()->first, wire::lost("the connection to the other side of the bus has ended"));
    if (alive.expired()) return;
  }
  if (const Closed closed = std::exchange(closed_, nullptr)) closed(*this);
}

// ---- The loop ----

void BusConnection::process() {
  const std::weak_ptr<bool> alive = alive_;
  for (int i = 0; i < kMessagesAtATime; ++i) {
    const bool more = process_one();
    if (alive.expired()) return;
    if (!more) break;
  }
  if (!closed_before_) arm();
}

// One step of sd-bus; whether there may be more to do at once. The connection may be gone afterwards.
bool BusConnection::process_one() {
  const bool deaf = too_much_waits();
  if (sd_bus_is_ready(raw()) <= 0) {
    // sd-bus may close the descriptor.
    watch_.reset();
    watched_fd_ = -1;
  }
  // sd-bus writes what it can and then reads one message, unless one has been read already: this.
  std::uint64_t read = 0;
  if (deaf && sd_bus_get_n_queued_read(raw(), &read) >= 0 && read == 0) {
    sd_bus_enqueue_for_read(raw(), placeholder_.get());
  }
  sd_bus_message* came = nullptr;
  const int r = sd_bus_process(raw(), &came);
  const MessagePtr message(came);
  if (r < 0) {
    close();
    return false;
  }
  account();
  if (came && came == placeholder_.get()) return !too_much_waits();
  if (came) handle(came);
  return r > 0;
}

void BusConnection::arm() {
  arm_watch();
  arm_timer();
}

void BusConnection::arm_watch() {
  const int fd = sd_bus_get_fd(raw());
  int events = sd_bus_get_events(raw());
  if (fd < 0 || events < 0) return;  // process() sees to it
  if (too_much_waits()) events &= ~POLLIN;
  const Interest interest = interest_of(events);
  if (fd == watched_fd_ && interest == interest_) return;
  watch_ = loop_.watch(fd, interest, [this](Interest) { process(); });
  watched_fd_ = fd;
  interest_ = interest;
}

void BusConnection::arm_timer() {
  std::uint64_t due = 0;
  if (sd_bus_get_timeout(raw(), &due) < 0) due = 0;  // it is closed
  if (due == UINT64_MAX) return timer_.reset();
  const std::uint64_t now = monotonic_microseconds();
  timer_ = loop_.after(std::chrono::microseconds(due > now ? due - now : 0), [this] { process(); });
}

bool BusConnection::too_much_waits() const {
  if (end_ == End::client || sd_bus_is_ready(raw()) <= 0) return false;  // two that both don't listen wait for ever
  return waiting_bytes_ > kMostWaiting || waiting_.size() > kMostMessagesWaiting;
}

// sd-bus tells how many messages wait to be written; which, is known from their order. Among them are its own.
void BusConnection::account() {
  std::uint64_t queued = 0;
  if (sd_bus_get_n_queued_write(raw(), &queued) < 0) queued = 0;
  while (waiting_.size() > queued) {
    waiting_bytes_ -= waiting_.front().bytes;
    if (waiting_.front().unasked) waiting_unasked_ -= waiting_.front().bytes;
    waiting_.pop_front();
  }
  while (waiting_.size() < queued) waiting_.push_back({0, false});
}

// ---- What comes ----

void BusConnection::handle(sd_bus_message* message) {
  if (is_answer(message)) return handle_answer(message);
  const char* interface = sd_bus_message_get_interface(message);
  if (interface && std::string_view(interface) == kLocalInterface) return;  // of sd-bus itself: it will close
  const std::weak_ptr<bool> alive = alive_;
  Handler handler = std::exchange(handler_, nullptr);
  const bool taken = handler && handler(*this, message);
  if (alive.expired()) return;
  if (!handler_) handler_ = std::move(handler);
  if (taken || type_of(message) != SD_BUS_MESSAGE_METHOD_CALL) return;
  refuse_as(message, SD_BUS_ERROR_UNKNOWN_METHOD, "there is no such object or method");
}

void BusConnection::handle_answer(sd_bus_message* message) {
  std::uint64_t cookie = 0;
  if (sd_bus_message_get_reply_cookie(message, &cookie) < 0) return;
  const sd_bus_error* error = sd_bus_message_get_error(message);
  if (error) return answer(cookie, wire::error_of(*error));
  answer(cookie, message);
}

void BusConnection::answer(std::uint64_t cookie, Result<sd_bus_message*> with) {
  const auto call = calls_->extract(cookie);
  if (call) call.mapped().answered(std::move(with));
}

// ---- What goes ----

MessageWriter BusConnection::call_message(const char* destination, const char* path, const char* interface,
                                          const char* member) {
  sd_bus_message* message = nullptr;
  sd_bus_message_new_method_call(raw(), &message, destination, path, interface, member);
  return MessageWriter(MessagePtr(message));
}

MessageWriter BusConnection::signal_message(const char* destination, const char* path, const char* interface,
                                            const char* member) {
  sd_bus_message* message = nullptr;
  sd_bus_message_new_signal(raw(), &message, path, interface, member);
  MessagePtr owned(message);
  if (owned && destination && sd_bus_message_set_destination(message, destination) < 0) owned.reset();
  return MessageWriter(std::move(owned));
}

MessageWriter BusConnection::answer_message(sd_bus_message* call) {
  sd_bus_message* message = nullptr;
  sd_bus_message_new_method_return(call, &message);
  return MessageWriter(MessagePtr(message), keep(call));
}

bool BusConnection::put(const MessageWriter& message, bool unasked, std::uint64_t* cookie) {
  if (message.spoiled() || !open()) return false;
  account();
  const std::size_t before = waiting_.size();
  const int r = sd_bus_send(raw(), message.raw(), cookie);
  account();
  if (waiting_.size() > before) {
    waiting_.back() = {message.bytes(), unasked};
    waiting_bytes_ += message.bytes();
    if (unasked) waiting_unasked_ += message.bytes();
  }
  if (direct() && waiting_unasked_ > kMostUnasked) {
    drop();
  } else {
    arm();
  }
  return r >= 0;
}

void BusConnection::send(MessageWriter message) {
  if (put(message, false, nullptr)) return;
  if (message.answered_call()) refuse(message.answered_call(), spoiled());
}

void BusConnection::send_unasked(MessageWriter message) { put(message, true, nullptr); }

void BusConnection::refuse(sd_bus_message* call, const Error& error) {
  refuse_as(call, wire::error_name(error), escaped(error.message));
}

void BusConnection::refuse_as(sd_bus_message* call, const std::string& name, const std::string& message) {
  const sd_bus_error error{name.c_str(), message.c_str(), 0};
  sd_bus_message* refusal = nullptr;
  sd_bus_message_new_method_error(call, &refusal, &error);
  put(MessageWriter(MessagePtr(refusal)), false, nullptr);
}

PendingCall BusConnection::call(MessageWriter message, std::optional<Clock::duration> timeout, Answered answered,
                                bool unasked) {
  std::uint64_t cookie = 0;
  Timer timer;
  if (!put(message, unasked, &cookie)) {
    cookie = unsent_calls_++;
    const Error why = open() ? spoiled() : wire::lost("the connection to the other side of the bus has ended");
    timer = loop_.after({}, [this, cookie, why] { answer(cookie, why); });
  } else if (timeout) {
    const Error late{hresult_from_win32(ERROR_TIMEOUT), ErrorContext::none, "the other side didn't answer in time"};
    timer = loop_.after(*timeout, [this, cookie, late] { answer(cookie, late); });
  }
  calls_->insert_or_assign(cookie, Call{std::move(answered), std::move(timer)});
  return PendingCall([calls = std::weak_ptr(calls_), cookie] {
    if (const auto all = calls.lock()) all->extract(cookie);
  });
}

}  // namespace dosvc
