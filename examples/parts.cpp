// parts URL FILE [OFFSET LENGTH]...: fetches a file, or parts of it, with Delivery Optimization's IDOManager. With -
// for FILE the bytes go to standard output.
//
// It shows a download's properties, which are VARIANTs; OnStatusChange, which tells of progress and of the end; ranges;
// and an ISequentialStream of one's own, which takes the bytes in place of a file.
//
// Ends with 0 when all is there, with 1 when that failed, with 2 when it was called wrongly.
//
//   g++ -std=c++20 parts.cpp -o parts $(pkg-config --cflags --libs dosvc)

#include <deliveryoptimization.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <future>
#include <memory>
#include <string_view>

#include "example.h"

using namespace example;

namespace {

// A VARIANT that frees what it holds. SetProperty makes a copy of its own.
struct Variant : VARIANT {
  explicit Variant(LPCWSTR text) : VARIANT{} {
    vt = VT_BSTR;
    bstrVal = SysAllocString(text);
  }
  explicit Variant(ULONG number) : VARIANT{} {
    vt = VT_UI4;
    ulVal = number;
  }
  explicit Variant(IUnknown* object) : VARIANT{} {
    vt = VT_UNKNOWN;
    punkVal = object;
    object->AddRef();
  }
  ~Variant() { VariantClear(this); }
  Variant(const Variant&) = delete;
  Variant& operator=(const Variant&) = delete;
};

template <class Value>
void set(IDODownload& download, DODownloadProperty property, Value value, const std::string& what) {
  const Variant variant(value);
  check(download.SetProperty(property, &variant), what);
}

// Takes the bytes in their order, as they come. Only Write is called.
class StandardOutput final : public dosvc::Object<ISequentialStream> {
 public:
  HRESULT Write(const void* bytes, ULONG count, ULONG* written) noexcept override {
    const std::size_t done = std::fwrite(bytes, 1, count, stdout);
    if (written) *written = static_cast<ULONG>(done);
    return done == count ? S_OK : HRESULT_FROM_WIN32(ERROR_WRITE_FAULT);  // which ends the download
  }
  HRESULT Read(void*, ULONG, ULONG*) noexcept override { return E_NOTIMPL; }
};

// Called on threads of the library. No exception may leave it, hence noexcept.
class Listener final : public dosvc::Object<IDODownloadStatusCallback> {
 public:
  HRESULT OnStatusChange(IDODownload*, const DO_DOWNLOAD_STATUS* status) noexcept override {
    // A download that is Paused with an ExtendedError alone is tried again by itself.
    const bool ended = status->State == DODownloadState_Transferred || FAILED(status->Error);
    if (status->BytesTotal > 0 && isatty(STDERR_FILENO)) {
      std::fprintf(stderr, "\r%llu of %llu bytes%s", static_cast<unsigned long long>(status->BytesTransferred),
                   static_cast<unsigned long long>(status->BytesTotal), ended ? "\n" : "");
    }
    if (ended && !told_.test_and_set()) result_.set_value(status->Error);
    return S_OK;
  }
  HRESULT wait() { return result_.get_future().get(); }  // once

 private:
  std::atomic_flag told_;
  std::promise<HRESULT> result_;
};

struct CalledWrongly {};

UINT64 number(std::string_view text) {
  UINT64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw CalledWrongly();
  return value;
}

// A DO_DOWNLOAD_RANGES_INFO has room for one range; the others stand behind it.
using Ranges = std::unique_ptr<DO_DOWNLOAD_RANGES_INFO, decltype(&std::free)>;

Ranges read_ranges(char** numbers, UINT count) {
  const std::size_t size = sizeof(DO_DOWNLOAD_RANGES_INFO) + count * sizeof(DO_DOWNLOAD_RANGE);
  Ranges info(static_cast<DO_DOWNLOAD_RANGES_INFO*>(std::calloc(1, size)), &std::free);
  if (!info) throw std::bad_alloc();
  info->RangeCount = count;  // none: the whole file
  for (UINT i = 0; i < count; ++i) info->Ranges[i] = {number(numbers[2 * i]), number(numbers[2 * i + 1])};
  return info;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3 || argc % 2 == 0) throw CalledWrongly();
  const Ranges ranges = read_ranges(argv + 3, static_cast<UINT>(argc - 3) / 2);

  const Apartment apartment;
  const auto manager = open_queue<IDOManager>(CLSID_DeliveryOptimization);
  com_ptr<IDODownload> download;
  check(manager->CreateDownload(download.put()), "make a download");

  const std::string fetch = std::string("fetch ") + argv[1];
  const auto listener = dosvc::make_object<Listener>();
  set(*download, DODownloadProperty_Uri, wide(argv[1]).c_str(), fetch);
  if (std::string_view(argv[2]) == "-") {
    set(*download, DODownloadProperty_StreamInterface, dosvc::make_object<StandardOutput>().get(), "use a stream");
    if (ranges->RangeCount == 0) {  // a stream is always told which bytes are meant for it
      ranges->Ranges[0] = {0, DO_LENGTH_TO_EOF};
      ranges->RangeCount = 1;
    }
  } else {
    set(*download, DODownloadProperty_LocalPath, wide(std::filesystem::absolute(argv[2])).c_str(),
        std::string("write ") + argv[2]);
  }
  set(*download, DODownloadProperty_CallbackInterface, listener.get(), "listen");
  set(*download, DODownloadProperty_CallbackFreqSeconds, ULONG{1}, "listen");

  HRESULT result = download->Start(ranges.get());
  if (SUCCEEDED(result)) result = listener->wait();
  if (SUCCEEDED(result)) result = download->Finalize();  // now the file gets its name
  if (FAILED(result)) download->Abort();
  check(result, fetch);
  if (std::fflush(stdout) != 0) throw std::runtime_error("can't write to standard output");
  return 0;
} catch (const CalledWrongly&) {
  std::fputs("usage: parts URL FILE|- [OFFSET LENGTH]...\n", stderr);
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "parts: %s\n", error.what());
  return 1;
}
