#pragma once

// What <bits.h> declares, under a name that leads nowhere else: Windows sources have a <bits.h> of their own.

#include <dosvc/bits_callback.h>
#include <dosvc/bits_http_options.h>
#include <dosvc/bits_manager.h>
