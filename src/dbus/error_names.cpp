#include "dbus/error_names.h"

#include "base/text.h"
#include "core/words.h"
#include "dbus/words.h"

#include <cstdio>
#include <iterator>
#include <optional>
#include <string_view>

namespace dosvc::wire {
namespace {

constexpr std::string_view kPrefix = "org.dosvc1.Error.";

std::optional<HRESULT> failure(std::string_view code) {
  constexpr std::size_t kSize = 9;  // "x80070005"
  if (code.size() != kSize || code.front() != 'x') return std::nullopt;
  std::uint32_t bits = 0;
  for (const char c : code.substr(1)) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const std::size_t digit = kHex.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 4 | static_cast<std::uint32_t>(digit);
  }
  const HRESULT read = hresult(bits);
  return FAILED(read) ? std::optional(read) : std::nullopt;
}

// One of our own names.
std::optional<Error> ours(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::optional<ErrorContext> context = enumerator<ErrorContext>(name.substr(0, dot));
  const std::optional<HRESULT> code = failure(name.substr(dot + 1));
  if (!context || !code) return std::nullopt;
  return Error{*code, *context, {}};
}

// The names that buses and libraries use, behind "org.freedesktop.DBus.Error.".
struct Foreign {
  std::string_view name;
  HRESULT code;
};
constexpr HRESULT kLost = hresult_from_win32(RPC_S_SERVER_UNAVAILABLE);
constexpr Foreign kForeign[] = {
    {"AccessDenied", E_ACCESSDENIED},
    {"AuthFailed", E_ACCESSDENIED},
    {"InteractiveAuthorizationRequired", E_ACCESSDENIED},
    {"InvalidArgs", E_INVALIDARG},
    {"InvalidSignature", E_INVALIDARG},
    {"InconsistentMessage", E_INVALIDARG},
    {"UnknownInterface", E_INVALIDARG},
    {"UnknownMethod", E_INVALIDARG},
    {"UnknownObject", E_INVALIDARG},
    {"UnknownProperty", E_INVALIDARG},
    {"PropertyReadOnly", E_INVALIDARG},
    {"NoMemory", E_OUTOFMEMORY},
    {"LimitsExceeded", E_OUTOFMEMORY},
    {"NotSupported", E_NOTIMPL},
    {"Disconnected", kLost},
    {"NameHasNoOwner", kLost},
    {"NoReply", kLost},
    {"NoServer", kLost},
    {"ServiceUnknown", kLost},
    {"Timeout", kLost},
    {"TimedOut", kLost},
};

HRESULT foreign(std::string_view name) {
  constexpr std::string_view kOfBus = "org.freedesktop.DBus.Error.";
  if (!name.starts_with(kOfBus)) return E_FAIL;
  name.remove_prefix(kOfBus.size());
  if (name.starts_with("Spawn.")) return kLost;  // it could not be started
  for (const Foreign& each : kForeign) {
    if (each.name == name) return each.code;
  }
  return E_FAIL;
}

}  // namespace

std::string error_name(const Error& error) {
  char code[16];
  std::snprintf(code, sizeof code, ".x%08x", static_cast<std::uint32_t>(error.code));
  return std::string(kPrefix).append(name_of(error.context)).append(code);
}

Error error_of(const sd_bus_error& error) {
  const std::string_view name = error.name ? error.name : "";
  Error read = ours(name).value_or(Error{foreign(name), ErrorContext::none, {}});
  read.message = error.message && *error.message ? error.message : "the other side of the bus said " + escaped(name);
  return read;
}

bool is_lost(const sd_bus_error& error) { return is_lost(error_of(error)); }
bool is_lost(const Error& error) { return error.code == kLost; }
Error lost(std::string message) { return {kLost, ErrorContext::none, std::move(message)}; }

}  // namespace dosvc::wire
