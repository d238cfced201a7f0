#pragma once

namespace dosvc {

class Timekeeper;

namespace service {

// All of dosvcd. `time` is empty but in tests, which move it.
int service_main(int argc, char** argv, Timekeeper* time = nullptr);

}  // namespace service
}  // namespace dosvc
