#pragma once

// What clients of background transfer use of Windows, for sources that were written there. How to build such sources
// and what is not here: docs/windows-source.md.

#include <dosvc_windows/critical_section.h>
#include <dosvc_windows/file_time.h>
#include <dosvc_windows/last_error.h>
#include <dosvc_windows/locale.h>
#include <dosvc_windows/memory.h>
#include <dosvc_windows/messages.h>
#include <dosvc_windows/printing.h>
#include <dosvc_windows/types.h>
#include <dosvc_windows/waiting.h>
#include <dosvc_windows/wide_text.h>
#include <dosvc_windows/words.h>

#include <objbase.h>
#include <oleauto.h>
