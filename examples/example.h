#pragma once

// What the four programs share: apartments, strings and result codes in the manner of C++. There is no trick in it, and
// nothing of dosvc needs it: copy what you like.

#include <bits.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace example {

using dosvc::com_ptr;

inline constexpr DWORD kEnglish = 0x0409;  // the language of sentences

// COM for as long as this lives. Make it before the first com_ptr of a function, so that it goes after the last: the
// end of the last apartment also ends, in good order, the transfers that run in this process.
class Apartment {
 public:
  Apartment() {
    if (FAILED(CoInitializeEx(nullptr, COINIT_MULTITHREADED))) throw std::runtime_error("can't use COM");
  }
  ~Apartment() { CoUninitialize(); }
  Apartment(const Apartment&) = delete;
  Apartment& operator=(const Apartment&) = delete;
};

// COM's text is wide, one code point a character (UTF-32); that of arguments and terminals is UTF-8. A path of the
// standard library turns one into the other, whatever the locale.
inline std::wstring wide(const std::filesystem::path& utf8) {
  const std::u32string text = utf8.u32string();
  return {text.begin(), text.end()};
}
inline std::string narrow(const std::wstring& text) {
  return std::filesystem::path(std::u32string(text.begin(), text.end())).string();
}

// Owns a string that a method gives out: `Text name; job->GetDisplayName(name.put());`
class Text {
 public:
  Text() = default;
  explicit Text(LPWSTR owned) : text_(owned) {}
  ~Text() { CoTaskMemFree(text_); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  LPWSTR* put() {
    CoTaskMemFree(text_);
    text_ = nullptr;
    return &text_;
  }
  std::wstring get() const { return text_ ? text_ : L""; }
  std::string utf8() const { return narrow(get()); }

 private:
  LPWSTR text_ = nullptr;
};

// The queue, through the class of the manner that one wants: CLSID_BackgroundCopyManager or CLSID_DeliveryOptimization.
template <class Manager>
com_ptr<Manager> open_queue(REFCLSID clsid) {
  com_ptr<Manager> queue;
  if (FAILED(CoCreateInstance(clsid, nullptr, CLSCTX_ALL, IID_PPV_ARGS(queue.put())))) {
    throw std::runtime_error("can't open the queue");  // the library has said on standard error why
  }
  return queue;
}

// What a result code means. When a job failed, its error object says more: see below.
inline std::string sentence_of(HRESULT code) {
  const auto queue = open_queue<IBackgroundCopyManager>(CLSID_BackgroundCopyManager);
  Text text;
  if (SUCCEEDED(queue->GetErrorDescription(code, kEnglish, text.put()))) return text.utf8();
  char number[32];
  std::snprintf(number, sizeof number, "error 0x%08X", static_cast<unsigned>(code));
  return number;
}

// Why a job failed: which file, which server, what it answered.
inline std::string sentence_of(IBackgroundCopyError& error) {
  Text text;
  if (SUCCEEDED(error.GetErrorDescription(kEnglish, text.put()))) return text.utf8();
  BG_ERROR_CONTEXT context{};
  HRESULT code = E_FAIL;
  error.GetError(&context, &code);
  return sentence_of(code);
}

// Throws "can't <do this>: <why>", unless the call succeeded.
inline void check(HRESULT result, const std::string& what) {
  if (FAILED(result)) throw std::runtime_error("can't " + what + ": " + sentence_of(result));
}

}  // namespace example
