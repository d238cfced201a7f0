#pragma once

// Callbacks on the thread that asked for them, for programs with a message loop. Without this, callbacks arrive on any
// thread, whatever the apartment.

#include <dosvc/types.h>

using DosvcWake = void (*)();

extern "C" {

// From now on the callback objects that a thread of a single-threaded apartment registers are called, and released, on
// that thread alone, within its DosvcRunApartmentCall. `wake` is called on any thread, with nothing locked, whenever a
// call begins to wait; it must not call back. NULL: callbacks of objects registered later arrive on any thread again.
DOSVC_API void DosvcCallApartments(DosvcWake wake) noexcept;

// Whether a call waits for the calling thread.
DOSVC_API BOOL DosvcApartmentCallWaits() noexcept;

// Runs the oldest call that waits for the calling thread; FALSE when there is none. May be called from within one. What
// still waits when the thread closes its apartment, or ends, is told again later if it was to be repeated.
DOSVC_API BOOL DosvcRunApartmentCall() noexcept;

}  // extern "C"
