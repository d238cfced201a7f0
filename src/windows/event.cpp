#include "windows/waitable.h"

namespace dosvc::windows {
namespace {

class Event final : public Waitable {
 public:
  Event(bool manual_reset, bool set) : manual_reset_(manual_reset), set_(set) {}
  bool is_set() override { return set_; }
  void taken() override { set_ = set_ && manual_reset_; }
  void set(bool to) { set_ = to; }

 private:
  const bool manual_reset_;
  bool set_;
};

}  // namespace
}  // namespace dosvc::windows

using namespace dosvc::windows;

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES /*security*/, BOOL manual_reset, BOOL set, LPCWSTR name) noexcept {
  return open_handle(
      name, [&] { return std::make_shared<Event>(manual_reset != FALSE, set != FALSE); },
      [](Waitable& object) { return dynamic_cast<Event*>(&object) != nullptr; });
}

BOOL SetEvent(HANDLE event) noexcept {
  return change_object<Event>(event, [](Event& object) { object.set(true); });
}

BOOL ResetEvent(HANDLE event) noexcept {
  return change_object<Event>(event, [](Event& object) { object.set(false); });
}
