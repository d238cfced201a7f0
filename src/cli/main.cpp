// dosvc: the command line. Arguments in, one command run, one exit code out; every error that nobody has told yet is
// told here.

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/json.h"

namespace dosvc::cli {
namespace {

struct RunCommand {
  Console& console;

  Result<ExitCode> operator()(const GetArguments& arguments) const { return run_get(arguments, console); }
  Result<ExitCode> operator()(const AddArguments& arguments) const { return run_add(arguments, console); }
  Result<ExitCode> operator()(const WaitArguments& arguments) const { return run_wait(arguments, console); }
  Result<ExitCode> operator()(const ListArguments& arguments) const { return run_list(arguments, console); }
  Result<ExitCode> operator()(const ShowArguments& arguments) const { return run_show(arguments, console); }
  Result<ExitCode> operator()(const FilesArguments& arguments) const { return run_files(arguments, console); }
  Result<ExitCode> operator()(const JobCommandArguments& arguments) const {
    return run_job_command(arguments, console);
  }
  Result<ExitCode> operator()(const MonitorArguments& arguments) const { return run_monitor(arguments, console); }
  Result<ExitCode> operator()(const ServiceArguments& arguments) const { return run_service(arguments, console); }
  Result<ExitCode> operator()(const HashArguments& arguments) const { return run_hash(arguments, console); }
};

ExitCode fail(const Error& error, Console& console) {
  console.problem(escaped(without_full_stop(error.message)));
  if (console.json()) console.document(error_json(error));
  return exit_code_for(error);
}

ExitCode finish(ExitCode code, Console& console) {
  if (console.flush()) return code;
  console.problem("can't write to standard output: the result is incomplete");
  return code == ExitCode::done ? ExitCode::failure : code;
}

ExitCode run(const std::vector<std::string>& words) {
  const ParsedArguments parsed = parse_arguments(words);
  if (const auto* answer = std::get_if<ShortAnswer>(&parsed)) {
    Console console(false, false);
    console.print(answer->text);
    return finish(ExitCode::done, console);
  }
  if (const auto* error = std::get_if<Error>(&parsed)) {
    // What the words mean isn't known now, but this one was surely meant.
    Console console(std::find(words.begin(), words.end(), "--json") != words.end(), false);
    return finish(fail(*error, console), console);
  }
  const Arguments& arguments = std::get<Arguments>(parsed);
  Console console(arguments.json, arguments.quiet, arguments.verbose);
  const Result<ExitCode> result = std::visit(RunCommand{console}, arguments.command);
  return finish(result ? *result : fail(result.error(), console), console);
}

}  // namespace
}  // namespace dosvc::cli

int main(int argc, char** argv) {
  return static_cast<int>(dosvc::cli::run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc)));
}
