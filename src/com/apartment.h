#pragma once

namespace dosvc {

// True when the calling thread has an apartment, or another thread has one and so lends it the multithreaded one.
bool in_apartment() noexcept;

// True when the calling thread itself has one, be it lent; and when that is a single-threaded one.
bool has_apartment() noexcept;
bool in_single_threaded_apartment() noexcept;

// Has `hook` called whenever the last apartment of the process closes, on the thread that closes it, before its
// CoUninitialize returns; hooks registered later run first. No lock is held meanwhile: another thread may open an
// apartment while hooks run. Hooks stay for the life of the process, and must not throw.
void on_last_uninitialize(void (*hook)());

// While one lives the thread counts as multithreaded, for threads of ours that call out into a program. It doesn't keep
// the process's apartment open, so that the program's last CoUninitialize is still the last. Not to be nested.
class LentApartment {
 public:
  LentApartment() noexcept;
  ~LentApartment();
  LentApartment(const LentApartment&) = delete;
  LentApartment& operator=(const LentApartment&) = delete;
};

}  // namespace dosvc
