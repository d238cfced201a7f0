#pragma once

// Languages: descriptions are in English, so a thread's language is American English.

#include <dosvc_windows/types.h>

inline constexpr WORD LANG_NEUTRAL = 0x00;
inline constexpr WORD LANG_ENGLISH = 0x09;
inline constexpr WORD SUBLANG_NEUTRAL = 0x00;
inline constexpr WORD SUBLANG_DEFAULT = 0x01;
inline constexpr WORD SUBLANG_ENGLISH_US = 0x01;
#define MAKELANGID(primary, sub) (static_cast<LANGID>((sub) << 10 | (primary)))
#define LANGIDFROMLCID(locale) (static_cast<LANGID>(locale))
#define LOCALE_USER_DEFAULT (static_cast<LCID>(0x0400))
#define LOCALE_SYSTEM_DEFAULT (static_cast<LCID>(0x0800))

inline LCID GetThreadLocale() noexcept { return 0x0409; }
inline LANGID GetUserDefaultLangID() noexcept { return 0x0409; }
