#pragma once

#include <functional>
#include <string>
#include <thread>

namespace dosvc {

// Starts a thread that takes no signal meant for the process: those go to the program's own threads, whose handlers may
// not expect ours. The signals a thread raises by its own fault (SIGSEGV and the like) stay open, so that crash
// handlers work. `name` is what ps and debuggers show, cut to 15 bytes.
//
// A thread that isn't joinable comes back where the system has no room for another.
std::thread start_thread(std::string name, std::function<void()> body);

}  // namespace dosvc
