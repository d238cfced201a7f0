#pragma once

namespace dosvc {

// True when the calling thread has an apartment, or another thread has one and so lends it the multithreaded one.
bool in_apartment() noexcept;

// Has `hook` called whenever the last apartment of the process closes, on the thread that closes it, before its
// CoUninitialize returns; hooks registered later run first. No lock is held meanwhile: another thread may open an
// apartment while hooks run. Hooks stay for the life of the process, and must not throw.
void on_last_uninitialize(void (*hook)());

}  // namespace dosvc
