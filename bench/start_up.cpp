// What starting costs: a command that does nothing, and one that opens the queue. curl stands beside for scale.

#include "compare.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  const Side curl{"curl --version", {"sh", "-c", "exec curl --version >/dev/null"}};
  for (const std::string word : {"--version", "list"}) {
    DO_TRY(
        compare({.name = "start_up " + word,
                 .ours = {"dosvc " + word, {"sh", "-c", "exec \"$0\" \"$1\" >/dev/null 2>&1", sibling("dosvc"), word}},
                 .peers = {curl},
                 .rounds = 31}));
  }
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main() { return dosvc::bench::exit_code(dosvc::bench::run()); }
