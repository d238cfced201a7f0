#pragma once

#include "base/result.h"

#include <systemd/sd-bus.h>

#include <string>

// Errors on the wire: "org.dosvc1.Error.<context>.x<8 hex digits of the HRESULT>", where <context> is none, unknown,
// queue, notification, local_file, remote_file, transport or remote_application; the message is the sentence.
namespace dosvc::wire {

std::string error_name(const Error& error);
// Also of errors that aren't ours: AccessDenied is E_ACCESSDENIED, UnknownMethod and InvalidArgs E_INVALIDARG, NoReply,
// Disconnected, ServiceUnknown and their like HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE).
Error error_of(const sd_bus_error& error);
// Whether it says that the service has gone away, rather than refused.
bool is_lost(const sd_bus_error& error);
bool is_lost(const Error& error);
Error lost(std::string message);

}  // namespace dosvc::wire
