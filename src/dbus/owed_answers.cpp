#include "dbus/owed_answers.h"

namespace dosvc {

std::uint64_t OwedAnswers::add(const std::shared_ptr<BusClient>& client, MessagePtr call) {
  calls_.emplace(++last_number_, Owed{client, std::move(call)});
  return last_number_;
}

void OwedAnswers::answer(std::uint64_t number, const std::function<void(MessageWriter&)>& write) {
  const auto owed = calls_.extract(number);
  if (const auto client = owed.mapped().client.lock()) {
    --client->underway;
    answer_call(*client, owed.mapped().call.get(), [&](MessageWriter& answer) { return write(answer), true; });
  }
  settled_();
}

void OwedAnswers::refuse(std::uint64_t number, const Error& error) {
  const auto owed = calls_.extract(number);
  if (const auto client = owed.mapped().client.lock()) {
    --client->underway;
    refuse_call(*client, owed.mapped().call.get(), error);
  }
  settled_();
}

bool answer_call(BusClient& client, sd_bus_message* call, const std::function<bool(MessageWriter&)>& write) {
  if (!client.connection.open()) return true;
  MessageWriter answer = client.connection.answer_message(call);
  if (!write(answer)) return false;
  client.send(std::move(answer));
  return true;
}

void refuse_call(BusClient& client, sd_bus_message* call, const Error& error) {
  if (client.connection.open()) client.refuse(call, error);
}

void refuse_call(BusClient& client, sd_bus_message* call, const char* name, const std::string& sentence) {
  if (!client.connection.open()) return;
  const sd_bus_error error{name, sentence.c_str(), 0};
  sd_bus_message* refusal = nullptr;
  if (sd_bus_message_new_method_error(call, &refusal, &error) < 0) return;
  client.send(MessageWriter(MessagePtr(refusal)));
}

}  // namespace dosvc
