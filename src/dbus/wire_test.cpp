#include "dbus/wire.h"

#include "dbus/error_names.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

constexpr HRESULT kLost = hresult_from_win32(RPC_S_SERVER_UNAVAILABLE);

sd_bus_error told(const char* name, const char* message = "sentence") { return {name, message, 0}; }
Error error_of(const char* name, const char* message = "sentence") { return wire::error_of(told(name, message)); }

TEST(Wire, names_the_object_of_a_job_by_its_id) {
  const JobId id = *Uuid::parse("01234567-89ab-cdef-0123-456789ABCDEF");
  EXPECT_EQ(wire::path_of(id), "/org/dosvc1/job/0123456789abcdef0123456789abcdef");
  EXPECT_EQ(wire::job_at(wire::path_of(id)), id);
}

TEST(Wire, takes_no_other_path_for_a_job) {
  for (const char* path :
       {"", "/", "/org/dosvc1", "/org/dosvc1/job", "/org/dosvc1/job/",
        "/org/dosvc1/job/0123456789abcdef0123456789abcde", "/org/dosvc1/job/0123456789abcdef0123456789abcdef0",
        "/org/dosvc1/job/0123456789ABCDEF0123456789abcdef", "/org/dosvc1/job/0123456789abcdef0123456789abcdeg",
        "/org/dosvc1/jobs0123456789abcdef0123456789abcdef", "/org/dosvc1/job/{1234567-89ab-cdef-0123-456789abcd}",
        "/org/dosvc2/job/0123456789abcdef0123456789abcdef"}) {
    EXPECT_FALSE(wire::job_at(path)) << path;
  }
}

TEST(Wire, tells_code_and_context_by_an_errors_name) {
  for (int i = 0; i <= static_cast<int>(ErrorContext::remote_application); ++i) {
    const Error error{BG_E_INVALID_STATE, static_cast<ErrorContext>(i), "why"};
    EXPECT_EQ(error_of(wire::error_name(error).c_str(), "why"), error);
  }
  EXPECT_EQ(wire::error_name({E_ACCESSDENIED, ErrorContext::local_file, ""}), "org.dosvc1.Error.local_file.x80070005");
}

TEST(Wire, understands_the_errors_of_others) {
  EXPECT_EQ(error_of("org.freedesktop.DBus.Error.AccessDenied").code, E_ACCESSDENIED);
  EXPECT_EQ(error_of("org.freedesktop.DBus.Error.UnknownMethod").code, E_INVALIDARG);
  EXPECT_EQ(error_of("org.freedesktop.DBus.Error.InvalidArgs").code, E_INVALIDARG);
  EXPECT_EQ(error_of("org.freedesktop.DBus.Error.NoMemory").code, E_OUTOFMEMORY);
  EXPECT_EQ(error_of("org.example.Odd").code, E_FAIL);
  EXPECT_EQ(error_of("org.example.Odd").message, "sentence");
  EXPECT_EQ(error_of("org.example.Odd", "").message, "the other side of the bus said org.example.Odd");
  EXPECT_EQ(error_of("org.example.Odd", nullptr).code, E_FAIL);
}

TEST(Wire, knows_a_service_that_is_gone_from_one_that_refuses) {
  for (const char* name : {"NoReply", "Disconnected", "ServiceUnknown", "NameHasNoOwner", "Spawn.ExecFailed"}) {
    const std::string full = std::string("org.freedesktop.DBus.Error.") + name;
    EXPECT_TRUE(wire::is_lost(told(full.c_str()))) << name;
    EXPECT_EQ(error_of(full.c_str()).code, kLost);
  }
  EXPECT_FALSE(wire::is_lost(told("org.freedesktop.DBus.Error.AccessDenied")));
  EXPECT_FALSE(wire::is_lost(told("org.dosvc1.Error.none.x80200002")));
}

TEST(Wire, takes_no_success_and_no_other_form_for_an_error_of_ours) {
  for (const char* name :
       {"org.dosvc1.Error.none.x00000000", "org.dosvc1.Error.none.x00200002", "org.dosvc1.Error.none.80200002",
        "org.dosvc1.Error.none.x8020000", "org.dosvc1.Error.none.x802000022", "org.dosvc1.Error.none.x8020000G",
        "org.dosvc1.Error.nowhere.x80200002", "org.dosvc1.Error.none", "org.dosvc1.Error.", "org.dosvc1.Error"}) {
    EXPECT_EQ(error_of(name).code, E_FAIL) << name;
  }
}

}  // namespace
}  // namespace dosvc
