#pragma once

// Names for text of either kind ("Generic-Text Mappings"). It is wide.

#include <dosvc_windows/printing.h>
#include <dosvc_windows/types.h>
#include <dosvc_windows/wide_text.h>

#define _T(literal) L##literal
#define _TEXT(literal) L##literal

// The program's entry: libdosvc-windows has a main that calls it with its arguments as wide text.
#define _tmain wmain

#define _tprintf wprintf
#define _ftprintf fwprintf
#define _stprintf_s swprintf_s
#define _tcslen wcslen
#define _tcscmp wcscmp
#define _tcsncmp wcsncmp
#define _tcsicmp _wcsicmp
#define _tcsnicmp _wcsnicmp
#define _tcschr wcschr
#define _tcsrchr wcsrchr
#define _tcsstr wcsstr
#define _tcstoul wcstoul
#define _tcsdup _wcsdup
#define _tcscpy_s wcscpy_s
#define _tcscat_s wcscat_s
#define _ttoi _wtoi
