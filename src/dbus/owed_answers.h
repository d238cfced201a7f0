#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "dbus/bus_client.h"
#include "dbus/message.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <type_traits>
#include <utility>

namespace dosvc {

// What a Reply brings, for those that bring nothing too.
template <class T>
struct AnswerWriter {
  using Function = std::function<void(MessageWriter& answer, const T& value)>;
};
template <>
struct AnswerWriter<void> {
  using Function = std::function<void(MessageWriter& answer)>;
};

// Calls that the engine carries out, until its reply has come to the bus thread and gone to the caller, or to nobody
// when that has left. A message belongs to the bus thread: a Reply, which the engine's thread keeps and destroys, has
// only its number. Bus thread only, but for the replies.
class OwedAnswers : public std::enable_shared_from_this<OwedAnswers> {
 public:
  // `settled` runs after each answer.
  OwedAnswers(Loop& bus_loop, std::function<void()> settled) : loop_(bus_loop), settled_(std::move(settled)) {}

  // Both functions run on the bus thread, but what they hold may be destroyed on the engine's. `write` puts the value
  // into the answer; `done` runs before, also when the caller has left, and is told whether the call succeeded.
  template <class T>
  Reply<T> owe(const std::shared_ptr<BusClient>& client, MessagePtr call, typename AnswerWriter<T>::Function write,
               std::function<void(bool ok)> done = nullptr) {
    return [&loop = loop_, owed = weak_from_this(), number = add(client, std::move(call)), write = std::move(write),
            done = std::move(done)](Result<T> result) {
      loop.post([owed, number, write, done, result = std::move(result)] {
        const auto here = owed.lock();
        if (!here) return;
        if (done) done(result.ok());
        if (!result) return here->refuse(number, result.error());
        here->answer(number, [&](MessageWriter& answer) {
          if constexpr (std::is_void_v<T>) {
            if (write) write(answer);
          } else {
            write(answer, result.value());
          }
        });
      });
    };
  }

  std::size_t size() const { return calls_.size(); }

 private:
  struct Owed {
    std::weak_ptr<BusClient> client;
    MessagePtr call;
  };
  std::uint64_t add(const std::shared_ptr<BusClient>& client, MessagePtr call);
  void answer(std::uint64_t number, const std::function<void(MessageWriter&)>& write);
  void refuse(std::uint64_t number, const Error& error);

  Loop& loop_;
  const std::function<void()> settled_;
  std::map<std::uint64_t, Owed> calls_;
  std::uint64_t last_number_ = 0;
};

// Sends an answer, or an error of D-Bus's own; sd-bus lets go of it when the sender wants none. False: `write` has
// nothing to say.
bool answer_call(BusClient& client, sd_bus_message* call, const std::function<bool(MessageWriter&)>& write);
void refuse_call(BusClient& client, sd_bus_message* call, const Error& error);
void refuse_call(BusClient& client, sd_bus_message* call, const char* name, const std::string& sentence);

}  // namespace dosvc
