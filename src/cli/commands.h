#pragma once

#include "cli/arguments.h"
#include "cli/console.h"

// What the commands do. An error was not told to the user yet; with an exit code everything was.
namespace dosvc::cli {

Result<ExitCode> run_get(const GetArguments& arguments, Console& console);
Result<ExitCode> run_wait(const WaitArguments& arguments, Console& console);

Result<ExitCode> run_add(const AddArguments& arguments, Console& console);
Result<ExitCode> run_job_command(const JobCommandArguments& arguments, Console& console);

Result<ExitCode> run_list(const ListArguments& arguments, Console& console);
Result<ExitCode> run_show(const ShowArguments& arguments, Console& console);
Result<ExitCode> run_files(const FilesArguments& arguments, Console& console);

Result<ExitCode> run_monitor(const MonitorArguments& arguments, Console& console);
Result<ExitCode> run_service(const ServiceArguments& arguments, Console& console);

Result<ExitCode> run_hash(const HashArguments& arguments, Console& console);

}  // namespace dosvc::cli
