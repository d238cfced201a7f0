#include <combaseapi.h>

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

namespace {

constexpr std::wstring_view kShape = L"{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
constexpr wchar_t kDigits[] = L"0123456789ABCDEF";

// The order in which an id's bytes stand in its text: the first three fields are numbers, in memory little-endian.
constexpr int kOrder[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

std::optional<unsigned> digit(wchar_t c) {
  const wchar_t upper = c >= L'a' && c <= L'f' ? c - L'a' + L'A' : c;
  const auto at = std::wstring_view(kDigits).find(upper);
  return at == std::wstring_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

std::optional<GUID> parse(std::wstring_view text) {
  BYTE bytes[16] = {};
  int digits = 0;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != L'x') {
      if (text[i] != kShape[i]) return std::nullopt;
      continue;
    }
    const auto value = digit(text[i]);
    if (!value) return std::nullopt;
    BYTE& byte = bytes[kOrder[digits++ / 2]];
    byte = static_cast<BYTE>(byte << 4 | *value);
  }
  GUID id{};
  std::memcpy(&id, bytes, sizeof(id));
  return id;
}

HRESULT from_text(LPCOLESTR text, GUID* id, HRESULT malformed) {
  if (!id) return E_INVALIDARG;
  *id = GUID_NULL;
  if (!text) return S_OK;
  const std::wstring_view view(text);
  if (view.size() != kShape.size()) return malformed == CO_E_IIDSTRING ? E_INVALIDARG : malformed;
  const auto parsed = parse(view);
  if (!parsed) return malformed;
  *id = *parsed;
  return S_OK;
}

// `text` has room for kShape and a NUL.
void write(REFGUID id, wchar_t* text) {
  BYTE bytes[16];
  std::memcpy(bytes, &id, sizeof(id));
  int digits = 0;
  for (const wchar_t shape : kShape) {
    if (shape == L'x') {
      const BYTE byte = bytes[kOrder[digits / 2]];
      *text++ = kDigits[digits++ % 2 == 0 ? byte >> 4 : byte & 0xF];
    } else {
      *text++ = shape;
    }
  }
  *text = L'\0';
}

}  // namespace

HRESULT IIDFromString(LPCOLESTR text, IID* id) noexcept { return from_text(text, id, CO_E_IIDSTRING); }
HRESULT CLSIDFromString(LPCOLESTR text, CLSID* id) noexcept { return from_text(text, id, CO_E_CLASSSTRING); }

int StringFromGUID2(REFGUID id, LPOLESTR text, int size) noexcept {
  constexpr int kNeeded = static_cast<int>(kShape.size()) + 1;
  if (!text || size < kNeeded) return 0;
  write(id, text);
  return kNeeded;
}

HRESULT StringFromCLSID(REFCLSID id, LPOLESTR* text) noexcept {
  if (!text) return E_INVALIDARG;
  *text = static_cast<wchar_t*>(CoTaskMemAlloc((kShape.size() + 1) * sizeof(wchar_t)));
  if (!*text) return E_OUTOFMEMORY;
  write(id, *text);
  return S_OK;
}

HRESULT StringFromIID(REFIID id, LPOLESTR* text) noexcept { return StringFromCLSID(id, text); }

HRESULT CoCreateGuid(GUID* id) noexcept {
  if (!id) return E_INVALIDARG;
  if (::getrandom(id, sizeof(*id), 0) != sizeof(*id)) return E_UNEXPECTED;
  id->Data3 = static_cast<std::uint16_t>((id->Data3 & 0x0FFF) | 0x4000);  // RFC 9562: version 4,
  id->Data4[0] = static_cast<BYTE>((id->Data4[0] & 0x3F) | 0x80);         // and its variant
  return S_OK;
}
