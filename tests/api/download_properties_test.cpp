#include "api/download_fixture.h"

// Every property of a download, by the table of "DODownloadProperty enumeration".

namespace dosvc {
namespace {

constexpr VARTYPE kBytes = VT_ARRAY | VT_UI1;
constexpr HRESULT kNotSet = E_NOT_SET;

enum class Access { read, write, both };
enum class Settable { never, created, stopped, resting, always };  // resting: not while Transferring

struct Property {
  DODownloadProperty id;
  VARTYPE type;
  Access access;
  Settable when;
  const char* unset;  // what a new download has; NULL: E_NOT_SET
};
const Property kProperties[] = {
    {DODownloadProperty_Id, VT_BSTR, Access::read, Settable::never, "id"},
    {DODownloadProperty_Uri, VT_BSTR, Access::both, Settable::stopped, nullptr},
    {DODownloadProperty_ContentId, VT_BSTR, Access::both, Settable::resting, nullptr},
    {DODownloadProperty_DisplayName, VT_BSTR, Access::both, Settable::resting, nullptr},
    {DODownloadProperty_LocalPath, VT_BSTR, Access::both, Settable::created, nullptr},
    {DODownloadProperty_HttpCustomHeaders, VT_BSTR, Access::both, Settable::resting, nullptr},
    {DODownloadProperty_CostPolicy, VT_UI4, Access::both, Settable::resting, "0"},
    {DODownloadProperty_SecurityFlags, VT_UI4, Access::write, Settable::resting, nullptr},
    {DODownloadProperty_CallbackFreqPercent, VT_UI4, Access::both, Settable::always, "0"},
    {DODownloadProperty_CallbackFreqSeconds, VT_UI4, Access::both, Settable::always, "1"},
    {DODownloadProperty_NoProgressTimeoutSeconds, VT_UI4, Access::both, Settable::resting, "0"},
    {DODownloadProperty_ForegroundPriority, VT_BOOL, Access::both, Settable::always, "false"},
    {DODownloadProperty_BlockingMode, VT_BOOL, Access::both, Settable::resting, "false"},
    {DODownloadProperty_CallbackInterface, VT_UNKNOWN, Access::both, Settable::always, nullptr},
    {DODownloadProperty_StreamInterface, VT_UNKNOWN, Access::both, Settable::stopped, nullptr},
    {DODownloadProperty_SecurityContext, kBytes, Access::write, Settable::resting, nullptr},
    {DODownloadProperty_NetworkToken, VT_BOOL, Access::write, Settable::resting, nullptr},
    {DODownloadProperty_CorrelationVector, VT_BSTR, Access::both, Settable::resting, nullptr},
    {DODownloadProperty_DecryptionInfo, VT_BSTR, Access::write, Settable::never, nullptr},
    {DODownloadProperty_IntegrityCheckInfo, VT_BSTR, Access::write, Settable::stopped, nullptr},
    {DODownloadProperty_IntegrityCheckMandatory, VT_BOOL, Access::both, Settable::stopped, "false"},
    {DODownloadProperty_TotalSizeBytes, VT_UI8, Access::both, Settable::stopped, nullptr},
    {DODownloadProperty_DisallowOnCellular, VT_BOOL, Access::both, Settable::resting, "false"},
    {DODownloadProperty_HttpCustomAuthHeaders, VT_BSTR, Access::both, Settable::resting, nullptr},
    {DODownloadProperty_HttpAllowSecureToNonSecureRedirect, VT_BOOL, Access::both, Settable::resting, "false"},
    {DODownloadProperty_NonVolatile, VT_BOOL, Access::both, Settable::resting, "false"},
    {DODownloadProperty_HttpRedirectionTarget, VT_BSTR, Access::read, Settable::never, nullptr},
    {DODownloadProperty_HttpResponseHeaders, VT_BSTR, Access::read, Settable::never, nullptr},
    {DODownloadProperty_HttpServerIPAddress, VT_BSTR, Access::read, Settable::never, nullptr},
    {DODownloadProperty_HttpStatusCode, VT_UI4, Access::read, Settable::never, nullptr},
};

class DownloadProperties : public DownloadTest {
 protected:
  // One that may be set, and may stand beside whatever else is set.
  Value good_value(const Property& property) {
    switch (property.id) {
      case DODownloadProperty_Uri:
        return Value::text(origin.url("/small"));
      case DODownloadProperty_LocalPath:
        return Value::text(local("elsewhere"));
      case DODownloadProperty_HttpCustomHeaders:
      case DODownloadProperty_HttpCustomAuthHeaders:
        return Value::text("A: b\r\nC: d\r\n");
      case DODownloadProperty_NoProgressTimeoutSeconds:
        return Value::number(60);
      case DODownloadProperty_SecurityFlags:
        return Value::number(SECURITY_FLAG_IGNORE_CERT_CN_INVALID);
      case DODownloadProperty_IntegrityCheckInfo:
        return Value::text(R"({"PiecesHashFileUrl": "http://127.0.0.1/hashes"})");
      case DODownloadProperty_CallbackInterface:
        return Value::object(ear.get());
      default:
        break;
    }
    switch (property.type) {
      case VT_BSTR:
        return Value::text("text");
      case VT_UI4:
        return Value::number(5);
      case VT_UI8:
        return Value::size(kStalls);
      case VT_BOOL:
        return Value::flag(true);
      default:
        return Value::object(nullptr);
    }
  }

  com_ptr<StatusEar> ear = make_object<StatusEar>();
};

TEST_F(DownloadProperties, a_null_value_is_an_error_of_its_own) {
  const auto download = create();
  for (const Property& property : kProperties) {
    EXPECT_EQ(download->GetProperty(property.id, nullptr), E_POINTER) << property.id;
    EXPECT_EQ(download->SetProperty(property.id, nullptr), E_POINTER) << property.id;
  }
}

TEST_F(DownloadProperties, there_are_no_others) {
  const auto download = create();
  for (const int id : {-1, 30, 1000}) {
    Value value;
    EXPECT_EQ(get(download, static_cast<DODownloadProperty>(id), value), DO_E_UNKNOWN_PROPERTY_ID) << id;
    EXPECT_EQ(set(download, static_cast<DODownloadProperty>(id), Value::number(1)), DO_E_UNKNOWN_PROPERTY_ID) << id;
  }
}

TEST_F(DownloadProperties, a_new_download_has_the_defaults) {
  const auto download = create();
  for (const Property& property : kProperties) {
    Value value;
    const HRESULT result = get(download, property.id, value);
    if (property.access == Access::write) {
      EXPECT_EQ(result, DO_E_WRITE_ONLY_PROPERTY) << property.id;
    } else if (!property.unset) {
      EXPECT_EQ(result, kNotSet) << property.id;
    } else {
      EXPECT_EQ(result, S_OK) << property.id;
      EXPECT_EQ(value->vt, property.type) << property.id;
      if (property.id != DODownloadProperty_Id) {
        EXPECT_EQ(value.print(), property.unset) << property.id;
      }
    }
    if (result != S_OK) {
      EXPECT_EQ(value->vt, VT_EMPTY) << property.id;
    }
  }
  EXPECT_EQ(value_of(download, DODownloadProperty_Id).as_text().size(), 36u);
}

TEST_F(DownloadProperties, a_value_of_another_type_is_refused) {
  const auto download = create();
  for (const Property& property : kProperties) {
    if (property.access == Access::read) continue;
    Value wrong[] = {Value(),           Value::text("1"),  Value::number(1),      Value::size(1),
                     Value::flag(true), Value::bytes("1"), Value::object(nullptr)};
    for (Value& value : wrong) {
      if (value->vt == property.type) continue;
      EXPECT_EQ(download->SetProperty(property.id, &value), E_INVALIDARG) << property.id << " " << value.print();
    }
  }
}

TEST_F(DownloadProperties, what_is_read_only_can_not_be_set) {
  const auto download = create();
  for (const Property& property : kProperties) {
    if (property.access != Access::read) continue;
    EXPECT_EQ(set(download, property.id, good_value(property)), DO_E_READ_ONLY_PROPERTY) << property.id;
  }
}

TEST_F(DownloadProperties, what_was_set_is_read_back) {
  const auto download = create();
  for (const Property& property : kProperties) {
    if (property.access != Access::both || property.type == VT_UNKNOWN) continue;
    const Value given = good_value(property);
    ASSERT_EQ(set(download, property.id, good_value(property)), S_OK) << property.id;
    const Value got = value_of(download, property.id);
    EXPECT_EQ(got->vt, property.type) << property.id;
    EXPECT_EQ(got.print(), given.print()) << property.id;
  }
}

TEST_F(DownloadProperties, a_patience_that_is_the_default_s_reads_as_it_was_set) {
  const auto download = create();
  for (const ULONG seconds : {3'600u, 86'400u, 60u, 0u}) {
    ASSERT_EQ(set(download, DODownloadProperty_NoProgressTimeoutSeconds, Value::number(seconds)), S_OK);
    EXPECT_EQ(value_of(download, DODownloadProperty_NoProgressTimeoutSeconds).print(), std::to_string(seconds));
  }
}

TEST_F(DownloadProperties, a_value_that_can_not_be_is_refused) {
  const auto download = create();
  const std::wstring with_zero(L"a\0b", 3);
  const struct {
    DODownloadProperty id;
    Value value;
    HRESULT code;
  } kCases[] = {
      {DODownloadProperty_Uri, Value::text(""), INET_E_INVALID_URL},
      {DODownloadProperty_Uri, Value::text("nothing"), INET_E_INVALID_URL},
      {DODownloadProperty_Uri, Value::text("http://"), INET_E_INVALID_URL},
      {DODownloadProperty_Uri, Value::text("ftp://127.0.0.1/x"), INET_E_INVALID_URL},
      {DODownloadProperty_Uri, Value::text("http://127.0.0.1/" + std::string(2'200, 'x')), INET_E_INVALID_URL},
      {DODownloadProperty_Uri, Value::text(with_zero), E_INVALIDARG},
      {DODownloadProperty_LocalPath, Value::text(""), E_INVALIDARG},
      {DODownloadProperty_LocalPath, Value::text("relative"), E_INVALIDARG},
      {DODownloadProperty_LocalPath, Value::text("C:\\file"), E_INVALIDARG},
      {DODownloadProperty_LocalPath, Value::text("/a/../b"), E_INVALIDARG},
      {DODownloadProperty_LocalPath, Value::text(L"/\xd800"), E_INVALIDARG},
      {DODownloadProperty_DisplayName, Value::text(std::string(257, 'n')), E_INVALIDARG},
      {DODownloadProperty_DisplayName, Value::text(with_zero), E_INVALIDARG},
      {DODownloadProperty_HttpCustomHeaders, Value::text("no colon"), E_INVALIDARG},
      {DODownloadProperty_HttpCustomHeaders, Value::text("A: " + std::string(16'384, 'x')), E_INVALIDARG},
      {DODownloadProperty_HttpCustomAuthHeaders, Value::text("A: b\n: c"), E_INVALIDARG},
      {DODownloadProperty_CostPolicy, Value::number(6), E_INVALIDARG},
      {DODownloadProperty_SecurityFlags, Value::number(0x10), E_INVALIDARG},
      {DODownloadProperty_CallbackFreqPercent, Value::number(101), E_INVALIDARG},
      {DODownloadProperty_NoProgressTimeoutSeconds, Value::number(59), E_INVALIDARG},
      {DODownloadProperty_CallbackInterface, Value::object(download.get()), E_NOINTERFACE},
      {DODownloadProperty_StreamInterface, Value::object(download.get()), E_NOINTERFACE},
      {DODownloadProperty_SecurityContext, Value::bytes(""), E_INVALIDARG},
      {DODownloadProperty_CorrelationVector, Value::text("a\nb: c"), E_INVALIDARG},
      {DODownloadProperty_DecryptionInfo, Value::text("{}"), E_NOTIMPL},
      {DODownloadProperty_IntegrityCheckInfo, Value::text(""), E_INVALIDARG},
      {DODownloadProperty_IntegrityCheckInfo, Value::text("{"), E_INVALIDARG},
      {DODownloadProperty_IntegrityCheckInfo, Value::text("{}"), E_INVALIDARG},
      {DODownloadProperty_TotalSizeBytes, Value::size(~0ull), E_INVALIDARG},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(download->SetProperty(c.id, &const_cast<Value&>(c.value)), c.code) << c.id << " " << c.value.print();
  }
  for (const auto& c : kCases) {
    Value value;
    const HRESULT result = get(download, c.id, value);
    const bool untouched = result != S_OK || value.print() == "0";
    EXPECT_TRUE(untouched) << c.id << " is " << value.print();
  }
}

TEST_F(DownloadProperties, each_can_be_set_in_its_states) {
  const auto created = create();
  const auto transferring = create("/stalls", ear);
  const auto transferred_ear = make_object<StatusEar>();
  const auto transferred = create("/small", transferred_ear);
  const auto paused = create("/missing", transferred_ear);
  ASSERT_EQ(transferring->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(transferring, ear, DODownloadState_Transferring));
  ASSERT_EQ(paused->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(paused, transferred_ear, DODownloadState_Paused));
  run(transferred, transferred_ear);
  const auto finalized = create("/small", transferred_ear);
  ASSERT_EQ(set(finalized, DODownloadProperty_LocalPath, Value::text(local("other"))), S_OK);
  run(finalized, transferred_ear);
  ASSERT_EQ(finalized->Finalize(), S_OK);
  const auto aborted = create();
  ASSERT_EQ(aborted->Abort(), S_OK);

  for (const Property& property : kProperties) {
    if (property.when == Settable::never || property.type == kBytes) continue;
    const auto expect = [&](const com_ptr<IDODownload>& download, bool settable, const char* state) {
      EXPECT_EQ(set(download, property.id, good_value(property)), settable ? S_OK : DO_E_INVALID_STATE)
          << property.id << " in " << state;
    };
    // A stream can be taken from a download only before its start.
    const bool sink = property.id == DODownloadProperty_StreamInterface;
    const bool always = property.when == Settable::always;
    const bool resting = always || property.when == Settable::resting;
    expect(created, true, "Created");
    expect(transferring, always, "Transferring");
    expect(transferred, resting, "Transferred");
    expect(paused, (resting || property.when == Settable::stopped) && !sink, "Paused");
    expect(finalized, false, "Finalized");
    expect(aborted, false, "Aborted");
  }
  ASSERT_EQ(transferring->Abort(), S_OK);
}

TEST_F(DownloadProperties, an_argument_is_looked_at_before_the_state) {
  const auto aborted = create();
  ASSERT_EQ(aborted->Abort(), S_OK);
  EXPECT_EQ(set(aborted, DODownloadProperty_Uri, Value::text("nothing")), INET_E_INVALID_URL);
  EXPECT_EQ(set(aborted, DODownloadProperty_CallbackFreqPercent, Value::number(101)), E_INVALIDARG);
  EXPECT_EQ(set(aborted, DODownloadProperty_LocalPath, Value::text("relative")), E_INVALIDARG);
}

TEST_F(DownloadProperties, requests_carry_what_was_set_for_them) {
  const auto download = create("/small", ear);
  ASSERT_EQ(set(download, DODownloadProperty_HttpCustomHeaders, Value::text("X-One: 1\nX-Two: 2\r\n\r\n")), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_CorrelationVector, Value::text("abc.1")), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_HttpCustomAuthHeaders, Value::text("Authorization: never over http")),
            S_OK);
  run(download, ear);
  const origin::Request request = origin.requests_of("/small").at(0);
  EXPECT_EQ(request.header("X-One"), "1");
  EXPECT_EQ(request.header("X-Two"), "2");
  EXPECT_EQ(request.header("MS-CV"), "abc.1");
  EXPECT_EQ(request.header("Authorization"), "");
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpCustomHeaders).as_text(), "X-One: 1\r\nX-Two: 2\r\n");
}

TEST_F(DownloadProperties, the_last_answer_can_be_read) {
  origin.serve("/moved", {.rules = {origin::always(origin::redirect(302, origin.url("/small")))}});
  const auto download = create("/moved", ear);
  run(download, ear);
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpStatusCode).print(), "200");
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpServerIPAddress).as_text(), "127.0.0.1");
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpRedirectionTarget).as_text(), origin.url("/small"));
  const std::string headers = value_of(download, DODownloadProperty_HttpResponseHeaders).as_text();
  EXPECT_EQ(headers.rfind("HTTP/1.1 200", 0), 0u) << headers;
  EXPECT_NE(headers.find("\r\nContent-Length: 20000\r\n"), std::string::npos) << headers;
  EXPECT_EQ(value_of(download, DODownloadProperty_TotalSizeBytes).print(), "20000 (64 bits)");

  const auto failed = create("/missing", ear);
  ASSERT_EQ(failed->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(failed, ear, DODownloadState_Paused));
  EXPECT_EQ(value_of(failed, DODownloadProperty_HttpStatusCode).print(), "404");
}

TEST_F(DownloadProperties, a_new_address_mends_a_download_that_failed) {
  const auto download = create("/missing", ear);
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(status_of(download).Error, BG_E_HTTP_ERROR_404);
  ASSERT_EQ(set(download, DODownloadProperty_Uri, Value::text(origin.url("/small"))), S_OK);
  run(download, ear);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_EQ(origin::first_difference(local("missing"), 3, 20'000), std::nullopt);
}

TEST_F(DownloadProperties, objects_are_given_back_and_cleared) {
  const auto download = create();
  listen(download, ear);
  {
    const Value got = value_of(download, DODownloadProperty_CallbackInterface);
    ASSERT_EQ(got->vt, VT_UNKNOWN);
    com_ptr<IUnknown> mine;
    ASSERT_EQ(ear->QueryInterface(IID_PPV_ARGS(mine.put())), S_OK);
    EXPECT_EQ(got->punkVal, mine.get()) << "the identity of the object that was set";
  }
  ASSERT_EQ(set(download, DODownloadProperty_CallbackInterface, Value::object(nullptr)), S_OK);
  Value value;
  EXPECT_EQ(get(download, DODownloadProperty_CallbackInterface, value), kNotSet);
  EXPECT_EQ(count_of(*ear), 1u) << "nobody else holds the program's object";
}

TEST_F(DownloadProperties, texts_beyond_ascii_stay_what_they_are) {
  const auto download = create();
  const std::wstring name = L"Gr\u00f6\u00dfe \U0001F600";
  ASSERT_EQ(set(download, DODownloadProperty_DisplayName, Value::text(name)), S_OK);
  const Value got = value_of(download, DODownloadProperty_DisplayName);
  EXPECT_EQ(std::wstring(got->bstrVal, SysStringLen(got->bstrVal)), name);
}

TEST_F(DownloadProperties, one_of_two_flags_leaves_the_other) {
  const auto download = create();
  ASSERT_EQ(set(download, DODownloadProperty_HttpAllowSecureToNonSecureRedirect, Value::flag(true)), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_SecurityFlags, Value::number(0)), S_OK);
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpAllowSecureToNonSecureRedirect).print(), "true");
  ASSERT_EQ(set(download, DODownloadProperty_HttpAllowSecureToNonSecureRedirect, Value::flag(false)), S_OK);
  EXPECT_EQ(value_of(download, DODownloadProperty_HttpAllowSecureToNonSecureRedirect).print(), "false");
}

}  // namespace
}  // namespace dosvc
