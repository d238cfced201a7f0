#pragma once

#include <deliveryoptimization.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/api_fixture.h"
#include "api/call_counter.h"

namespace dosvc {

// A program's callback object for downloads: keeps what it is told, does as told, and lets a test wait.
class StatusEar final : public Object<IDODownloadStatusCallback>, public CallCounter {
 public:
  // Within the call; set before the object is registered. The answer goes to the caller.
  std::function<HRESULT(IDODownload*, const DO_DOWNLOAD_STATUS&)> on_status;

  std::vector<DO_DOWNLOAD_STATUS> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  bool has_heard(DODownloadState state) const {
    const auto all = heard();
    return std::any_of(all.begin(), all.end(), [&](const auto& status) { return status.State == state; });
  }

  bool wait_for(DODownloadState state) {
    return wait_until([&] { return has_heard(state); });
  }

  HRESULT STDMETHODCALLTYPE OnStatusChange(IDODownload* download, const DO_DOWNLOAD_STATUS* status) override {
    const Returned returned(*this);
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(*status);
    }
    return on_status ? on_status(download, *status) : S_OK;
  }

 private:
  std::vector<DO_DOWNLOAD_STATUS> heard_;
};

// A VARIANT that is cleared in the end.
class Value {
 public:
  Value() { VariantInit(&value_); }
  ~Value() { VariantClear(&value_); }
  Value(Value&& other) noexcept : value_(std::exchange(other.value_, VARIANT{})) {}
  Value& operator=(Value&&) = delete;

  static Value text(const std::wstring& text) {
    Value made;
    made.value_.vt = VT_BSTR;
    made.value_.bstrVal = SysAllocStringLen(text.data(), static_cast<UINT>(text.size()));
    return made;
  }
  static Value text(const std::string& ascii) { return text(std::wstring(ascii.begin(), ascii.end())); }
  static Value number(ULONG number) {
    Value made;
    made.value_.vt = VT_UI4;
    made.value_.ulVal = number;
    return made;
  }
  static Value size(ULONGLONG size) {
    Value made;
    made.value_.vt = VT_UI8;
    made.value_.ullVal = size;
    return made;
  }
  static Value flag(bool flag) {
    Value made;
    made.value_.vt = VT_BOOL;
    made.value_.boolVal = flag ? VARIANT_TRUE : VARIANT_FALSE;
    return made;
  }
  static Value object(IUnknown* object) {
    Value made;
    made.value_.vt = VT_UNKNOWN;
    made.value_.punkVal = com_ptr<IUnknown>(object).detach();
    return made;
  }
  static Value bytes(const std::string& bytes) {
    Value made;
    made.value_.vt = VT_ARRAY | VT_UI1;
    made.value_.parray = SafeArrayCreateVector(VT_UI1, 0, static_cast<ULONG>(bytes.size()));
    void* data = nullptr;
    EXPECT_EQ(SafeArrayAccessData(made.value_.parray, &data), S_OK);
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
    EXPECT_EQ(SafeArrayUnaccessData(made.value_.parray), S_OK);
    return made;
  }

  VARIANT* operator&() { return &value_; }
  const VARIANT* operator->() const { return &value_; }
  std::string as_text() const {
    std::string text;
    for (UINT i = 0; value_.vt == VT_BSTR && i < SysStringLen(value_.bstrVal); ++i)
      text += static_cast<char>(value_.bstrVal[i]);
    return text;
  }
  // For failures of tests, and for comparing.
  std::string print() const {
    switch (value_.vt) {
      case VT_EMPTY:
        return "nothing";
      case VT_BSTR:
        return "\"" + as_text() + "\"";
      case VT_UI4:
        return std::to_string(value_.ulVal);
      case VT_UI8:
        return std::to_string(value_.ullVal) + " (64 bits)";
      case VT_BOOL:
        return value_.boolVal == VARIANT_TRUE ? "true" : value_.boolVal == VARIANT_FALSE ? "false" : "no BOOL";
      default:
        return "type " + std::to_string(value_.vt);
    }
  }

 private:
  VARIANT value_;
};

// A program that uses IDOManager.
class DownloadTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    open_manager();
    origin.serve("/small", {.size = 20'000, .seed = 3});
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
    // Gives this much and then holds the connection open in silence; the next request is served rightly.
    origin.serve("/stalls",
                 {.size = kStalls, .seed = 4, .rules = {origin::for_first(1, origin::cut_after(kGiven, kInSilence))}});
  }
  void TearDown() override {
    manager = nullptr;
    ApiTest::TearDown();
  }

  void open_manager() {
    ASSERT_EQ(CoCreateInstance(CLSID_DeliveryOptimization, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(manager.put())),
              S_OK);
  }
  // The service ends with the program's last apartment, and starts again.
  void restart_service() {
    manager = nullptr;
    CoUninitialize();
    end_services(folder);
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
    open_manager();
  }

  static HRESULT set(const com_ptr<IDODownload>& download, DODownloadProperty id, Value value) {
    return download->SetProperty(id, &value);
  }
  static HRESULT get(const com_ptr<IDODownload>& download, DODownloadProperty id, Value& value) {
    VariantClear(&value);
    return download->GetProperty(id, &value);
  }
  static Value value_of(const com_ptr<IDODownload>& download, DODownloadProperty id) {
    Value value;
    EXPECT_EQ(download->GetProperty(id, &value), S_OK) << "property " << id;
    return value;
  }

  com_ptr<IDODownload> create() {
    com_ptr<IDODownload> download;
    EXPECT_EQ(manager->CreateDownload(download.put()), S_OK);
    return download;
  }
  // From `path` of the origin to a file of the same name; not yet started. `ear` hears of it.
  com_ptr<IDODownload> create(const std::string& path, const com_ptr<StatusEar>& ear = nullptr) {
    auto download = create();
    EXPECT_EQ(set(download, DODownloadProperty_Uri, Value::text(origin.url(path))), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_LocalPath, Value::text(local(path.substr(1)))), S_OK);
    if (ear) listen(download, ear);
    return download;
  }
  // So that it hears of bytes at once, and not after a second.
  static void listen(const com_ptr<IDODownload>& download, const com_ptr<StatusEar>& ear) {
    EXPECT_EQ(set(download, DODownloadProperty_CallbackFreqPercent, Value::number(1)), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_CallbackInterface, Value::object(ear.get())), S_OK);
  }

  static DO_DOWNLOAD_STATUS status_of(const com_ptr<IDODownload>& download) {
    DO_DOWNLOAD_STATUS status{};
    EXPECT_EQ(download->GetStatus(&status), S_OK);
    return status;
  }
  static DODownloadState state_of(const com_ptr<IDODownload>& download) { return status_of(download).State; }
  static bool wait_for_state(const com_ptr<IDODownload>& download, const com_ptr<StatusEar>& ear,
                             DODownloadState state) {
    return ear->wait_until([&] { return state_of(download) == state; });
  }
  static bool wait_for_bytes(const com_ptr<IDODownload>& download, const com_ptr<StatusEar>& ear, UINT64 bytes) {
    return ear->wait_until([&] { return status_of(download).BytesTransferred >= bytes; });
  }
  // Starts it and waits until it is Transferred.
  static void run(const com_ptr<IDODownload>& download, const com_ptr<StatusEar>& ear) {
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  }

  // For what nobody is told of. False: not within patience.
  template <class Predicate>
  static bool eventually(Predicate so) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  static ULONG count_of(IUnknown& object) {
    object.AddRef();
    return object.Release();
  }
  // Nobody but the test holds it any more: at the latest when the call of it that runs has returned.
  static bool is_released(IUnknown& object) {
    return eventually([&] { return count_of(object) == 1; });
  }

  struct Ranges {
    explicit Ranges(std::initializer_list<DO_DOWNLOAD_RANGE> list)
        : memory(sizeof(DO_DOWNLOAD_RANGES_INFO) + list.size() * sizeof(DO_DOWNLOAD_RANGE)) {
      auto* const info = reinterpret_cast<DO_DOWNLOAD_RANGES_INFO*>(memory.data());
      info->RangeCount = static_cast<UINT>(list.size());
      std::copy(list.begin(), list.end(), info->Ranges);
    }
    operator const DO_DOWNLOAD_RANGES_INFO*() const {
      return reinterpret_cast<const DO_DOWNLOAD_RANGES_INFO*>(memory.data());
    }
    std::vector<std::byte> memory;
  };

  // The bytes of version `seed`, one range behind the other.
  static std::string content(std::uint64_t seed, std::initializer_list<DO_DOWNLOAD_RANGE> ranges) {
    std::string all;
    for (const DO_DOWNLOAD_RANGE& range : ranges) {
      std::string part(range.Length, '\0');
      origin::fill_content(seed, range.Offset, std::as_writable_bytes(std::span(part)));
      all += part;
    }
    return all;
  }
  // Says where they differ, and doesn't print them.
  static testing::AssertionResult same_bytes(const std::string& got, const std::string& wanted) {
    if (got == wanted) return testing::AssertionSuccess();
    const auto at = std::mismatch(got.begin(), got.begin() + std::min(got.size(), wanted.size()), wanted.begin()).first;
    return testing::AssertionFailure() << got.size() << " bytes in place of " << wanted.size()
                                       << ", the first wrong or missing one is " << at - got.begin();
  }
  static std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static constexpr auto kInSilence = origin::Ending::stall;
  static constexpr std::uint64_t kStalls = 400'000;
  static constexpr std::uint64_t kGiven = 150'000;

  com_ptr<IDOManager> manager;
};

}  // namespace dosvc
