#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/exit_code.h"
#include "core/job_service.h"

namespace dosvc::cli {

// `get` and `add`: a job to be made.
struct NewJobArguments {
  std::vector<std::string> urls;
  std::vector<std::string> outputs;  // none, or one for each URL
  std::vector<std::string> sha256;   // none, or one for each URL
  std::string name;                  // empty: after the first file
  std::optional<Priority> priority;
  std::vector<std::string> headers;
  std::string user_password;
  std::optional<std::string> proxy;  // empty text: none, whatever the environment says
  std::string ca_file;
};

struct GetArguments {
  NewJobArguments job;
  std::optional<std::chrono::milliseconds> max_wait;
};
struct AddArguments {
  NewJobArguments job;
};
struct WaitArguments {
  std::vector<std::string> ids;
  std::optional<std::chrono::milliseconds> max_wait;
  bool complete = true;
};
struct ListArguments {
  bool all_users = false;
};
struct MonitorArguments {
  bool all_users = false;
};
struct ShowArguments {
  std::string id;
};
struct FilesArguments {
  std::string id;
};
struct JobCommandArguments {
  JobCommand command = JobCommand::suspend;
  std::vector<std::string> ids;
};

enum class ServiceAction : std::uint8_t { status, start, stop };
struct ServiceArguments {
  ServiceAction action = ServiceAction::status;
};

struct HashArguments {
  std::string file;
  std::string output;  // empty: beside the file
  std::uint32_t piece_size = 1u << 20;
};

struct Arguments {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::variant<GetArguments, AddArguments, WaitArguments, ListArguments, ShowArguments, FilesArguments,
               JobCommandArguments, MonitorArguments, ServiceArguments, HashArguments>
      command;
};

// What the command line asks for. Instead of it: text to print, and the program is done (--help, --version); or what is
// wrong with it, for exit code `usage`.
struct ShortAnswer {
  std::string text;
};
using ParsedArguments = std::variant<Arguments, ShortAnswer, Error>;
ParsedArguments parse_arguments(std::vector<std::string> words);  // without the program's name

}  // namespace dosvc::cli
