#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <utility>

#include "base/text.h"
#include "cli/format.h"
#include "core/names.h"
#include "core/pieces_hash_file.h"

namespace dosvc::cli {
namespace {

constexpr char kAbout[] = "dosvc " DOSVC_VERSION
                          ": downloads files through a queue that survives crashes and restarts.\n"
                          "A service carries it out, and is started when it is needed.";

constexpr char kExitCodes[] =
    "Exit codes:\n"
    "  0    done\n"
    "  1    dosvc can't work here (no service can be started, the queue is damaged, ...)\n"
    "  2    the command line isn't right\n"
    "  3    a download failed or can't begin, the job can't do that, or no service runs (`service status`)\n"
    "  4    --max-wait is over; the job goes on\n"
    "  5    there is no such job\n"
    "  130  interrupted (143: terminated, 129: hung up); the job goes on";

constexpr char kGetRules[] =
    "A failure that time may mend is told, and tried again. After any other the job is removed when nothing of it had\n"
    "arrived; else it is kept, so that nothing is lost, and it is said how to go on.";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return out;
}

bool holds_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
}

// Why a header can't be sent, empty when it can. The engine's own requests need some names for themselves.
std::string header_problem(const std::string& header) {
  const std::size_t colon = header.find(':');
  const std::string name = header.substr(0, colon);
  if (colon == std::string::npos || !is_token(name)) return "must be 'Name: value'";
  if (holds_control_character(header)) return "the header " + name + " holds a line break or another control character";
  if (is_reserved_header(name)) return "the header " + name + " is dosvc's own to send";
  return {};
}

std::string user_problem(const std::string& user) {
  if (user.find(':') == std::string::npos) return "needs name:password";
  return holds_control_character(user) ? "holds a control character" : "";
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, port);
  return problem == std::errc() && rest == end && port >= 1 && port <= 65535;
}

std::string proxy_problem(const std::string& proxy) {
  if (proxy.empty()) return {};
  if (holds_control_character(proxy) || proxy.find(' ') != std::string::npos) return "isn't a URL";
  std::string_view rest = proxy;
  if (const std::size_t end = rest.find("://"); end != std::string_view::npos) {
    const std::string scheme = lower(rest.substr(0, end));
    constexpr std::string_view kKnown[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
    if (std::find(std::begin(kKnown), std::end(kKnown), scheme) == std::end(kKnown))
      return "its scheme isn't http, https, socks4, socks4a, socks5 or socks5h";
    rest.remove_prefix(end + 3);
  }
  rest = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(rest.rfind('@') + 1);  // npos + 1 is 0
  const std::size_t bracket = rest.rfind(']');
  const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (rest.substr(0, colon).empty()) return "names no host";
  return colon == std::string_view::npos || is_port(rest.substr(colon + 1)) ? "" : "its port isn't 1 to 65535";
}

std::string digest_problem(const std::string& digest) {
  const bool right = digest.size() == 64 && digest.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return right ? "" : "needs 64 hexadecimal digits";
}

std::string duration_problem(const std::string& text) {
  return parse_duration(text) ? "" : "\"" + escaped(text) + "\" isn't a time such as 30s, 5m or 2h";
}

// The command line, declared. CLI11 fills the members while it parses.
class Grammar {
 public:
  Grammar() : app_(kAbout, "dosvc") {
    app_.set_version_flag("-V,--version", "dosvc " DOSVC_VERSION);
    app_.add_flag("--json", json_, "one JSON document on standard output");
    app_.add_flag("-q,--quiet,-s,--silent", quiet_, "say nothing but errors and what was asked for");
    app_.add_flag("-v,--verbose", verbose_, "say which service is used");
    app_.footer(kExitCodes);
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);
    declare_get();
    declare_add();
    declare_wait();
    declare_looking();
    declare_job_command(JobCommand::suspend, "suspend", "stop jobs for now");
    declare_job_command(JobCommand::resume, "resume", "let jobs go on, also after an error");
    declare_job_command(JobCommand::cancel, "cancel", "remove jobs and what they have downloaded");
    declare_job_command(JobCommand::complete, "complete", "take the finished files of jobs and drop the rest");
    declare_monitor();
    declare_service();
    declare_hash();
  }

  Arguments parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app_.parse(std::move(words));
    Arguments result;
    result.json = json_;
    result.quiet = quiet_;
    result.verbose = verbose_;
    for (const CLI::App* chosen : app_.get_subcommands()) result.command = build_.at(chosen)();
    return result;
  }

  bool has_command(const std::string& name) const {
    return std::any_of(build_.begin(), build_.end(), [&](const auto& each) { return each.first->get_name() == name; });
  }

  // The page of the command that was being parsed.
  std::string help() const {
    const CLI::App* page = &app_;
    std::string path;
    while (!page->get_subcommands().empty()) {
      path += (path.empty() ? "" : " ") + page->get_name();
      page = page->get_subcommands().front();
    }
    return page->help(path);
  }

 private:
  using Command = decltype(Arguments::command);

  CLI::App& declare(const char* name, const char* about, std::function<Command()> build) {
    CLI::App& command = *app_.add_subcommand(name, about);
    command.fallthrough();  // --json, -q and -v are understood after the command as well
    command.footer("Also --json, -q and -v; see `dosvc --help`.");
    build_[&command] = std::move(build);
    return command;
  }

  // One value for each time it is given: a URL after it is never taken for a second one.
  static CLI::Option& add_list(CLI::App& command, const char* name, std::vector<std::string>& into, const char* type,
                               const char* about) {
    return *command.add_option(name, into, about)->allow_extra_args(false)->type_name(type);
  }

  void declare_new_job(CLI::App& command) {
    command.add_option("URL", job_.urls, "what to download, http or https")->required()->type_name("");
    auto& output = add_list(command, "-o,--output", job_.outputs, "FILE", "where to; with several URLs one for each");
    command.add_flag("-O,--remote-name", remote_name_, "name it as the URL does, in this folder (as without -o)")
        ->excludes(&output);
    add_list(command, "--sha256", job_.sha256, "HEX", "what the content must hash to; with several URLs one for each")
        .check(digest_problem);
    add_list(command, "-H,--header", job_.headers, "'NAME: VALUE'", "sent with every request").check(header_problem);
    command.add_option("-u,--user", job_.user_password, "for the server")
        ->type_name("NAME:PASSWORD")
        ->check(user_problem);
    command.add_option("-x,--proxy", proxy_, "in place of http_proxy and https_proxy; \"\" for none")
        ->type_name("URL")
        ->check(proxy_problem);
    command.add_option("--cacert", job_.ca_file, "trusted certificates (PEM) in place of the system's")
        ->type_name("FILE");
    command.add_option("--priority", priority_, "foreground, high, normal or low")
        ->check(CLI::IsMember(&priorities_))
        ->type_name("LEVEL");
    command.add_option("--name", job_.name, "what the job is called in lists")->type_name("TEXT");
    command.add_flag("-L,--location,-f,--fail,-S,--show-error", ignored_, "accepted for curl's users: always so");
  }

  NewJobArguments new_job(const CLI::App& command) const {
    const auto one_each = [&](const std::vector<std::string>& values, const char* what) {
      if (!values.empty() && values.size() != job_.urls.size())
        throw CLI::ValidationError(not_one_each(what, values.size(), job_.urls.size()));
    };
    one_each(job_.outputs, "-o");
    one_each(job_.sha256, "--sha256");
    NewJobArguments job = job_;
    if (command.count("--proxy") > 0) job.proxy = proxy_;
    if (!priority_.empty()) job.priority = priorities_.at(priority_);
    return job;
  }

  static std::string not_one_each(const char* what, std::size_t given, std::size_t urls) {
    return "there are " + std::to_string(given) + " of " + what + " for " + std::to_string(urls) +
           (urls == 1 ? " URL" : " URLs") + ": give one for each, in the same order";
  }

  void declare_max_wait(CLI::App& command) {
    command.add_option("--max-wait", max_wait_, "give up after this time (30s, 5m, 2h), done or not")
        ->type_name("TIME")
        ->check(duration_problem);
  }
  std::optional<std::chrono::milliseconds> max_wait() const { return parse_duration(max_wait_); }

  void declare_get() {
    get_ = &declare("get", "download now, and wait for it", [this]() -> Command {
      return GetArguments{new_job(*get_), max_wait()};
    });
    declare_new_job(*get_);
    declare_max_wait(*get_);
    get_->footer(std::string(kGetRules) + "\nAlso --json, -q and -v.\n\n" + kExitCodes);
  }

  void declare_add() {
    add_ = &declare("add", "queue a download, and print its job's id",
                    [this]() -> Command { return AddArguments{new_job(*add_)}; });
    declare_new_job(*add_);
  }

  void declare_wait() {
    CLI::App& command = declare("wait", "wait until jobs are done, and take their files", [this]() -> Command {
      return WaitArguments{ids_, max_wait(), !no_complete_};
    });
    declare_ids(command);
    declare_max_wait(command);
    command.add_flag("--no-complete", no_complete_, "leave the files under their temporary names");
    command.footer(std::string("Also --json, -q and -v.\n\n") + kExitCodes);
  }

  void declare_looking() {
    CLI::App& list = declare("list", "your jobs", [this]() -> Command { return ListArguments{all_users_}; });
    declare_all(list);
    CLI::App& show = declare("show", "all about a job", [this]() -> Command { return ShowArguments{id_}; });
    CLI::App& files = declare("files", "the files of a job", [this]() -> Command { return FilesArguments{id_}; });
    for (CLI::App* command : {&show, &files}) {
      command->add_option("ID", id_, "the job's id, or its first characters")->required()->type_name("");
    }
  }

  void declare_job_command(JobCommand which, const char* name, const char* about) {
    CLI::App& command = declare(name, about, [this, which]() -> Command { return JobCommandArguments{which, ids_}; });
    declare_ids(command);
  }

  void declare_all(CLI::App& command) {
    command.add_flag("-a,--all", all_users_, "those of all users, for administrators");
  }

  void declare_monitor() {
    CLI::App& command = declare("monitor", "follow the queue: what is there, then a line for every change",
                                [this]() -> Command { return MonitorArguments{all_users_}; });
    declare_all(command);
  }

  void declare_service() {
    CLI::App& command = declare("service", "the service that carries out the queue",
                                [this]() -> Command { return ServiceArguments{service_action_}; });
    command.require_subcommand(1);
    const auto add = [&](ServiceAction action, const char* name, const char* about) {
      CLI::App& choice = *command.add_subcommand(name, about);
      choice.fallthrough();
      choice.callback([this, action] { service_action_ = action; });
    };
    add(ServiceAction::status, "status", "whether it runs, where, and with how many of your jobs; code 3: it doesn't");
    add(ServiceAction::start, "start", "start it, as any command does that needs it");
    add(ServiceAction::stop, "stop", "end it in good order; its jobs go on when it is started again");
  }

  void declare_hash() {
    CLI::App& command = declare("hash", "write down the hashes of a file's pieces, and print their hash",
                                [this]() -> Command { return hash_; });
    command.add_option("FILE", hash_.file, "the file that will be downloaded by them")->required()->type_name("");
    command.add_option("-o,--output", hash_.output, "where to; else beside the file, as FILE.hashes")
        ->type_name("FILE");
    command.add_option("--piece-size", hash_.piece_size, "in bytes, from 16384 to 1073741824; else 1048576")
        ->check(CLI::Range(kSmallestPiece, kLargestPiece))
        ->type_name("N");
  }

  void declare_ids(CLI::App& command) {
    command.add_option("ID", ids_, "the job's id, or its first characters")->required()->type_name("");
  }

  CLI::App app_;
  std::map<const CLI::App*, std::function<Command()>> build_;
  CLI::App* get_ = nullptr;
  CLI::App* add_ = nullptr;
  const std::map<std::string, Priority> priorities_ = {{"foreground", Priority::foreground},
                                                       {"high", Priority::high},
                                                       {"normal", Priority::normal},
                                                       {"low", Priority::low}};
  bool json_ = false;
  bool quiet_ = false;
  bool verbose_ = false;
  bool all_users_ = false;
  ServiceAction service_action_ = ServiceAction::status;
  bool remote_name_ = false;
  bool ignored_ = false;
  bool no_complete_ = false;
  NewJobArguments job_;
  std::string proxy_;
  std::string priority_;
  std::string max_wait_;
  std::string id_;
  std::vector<std::string> ids_;
  HashArguments hash_;
};

}  // namespace

// CLI11 tells everything by exceptions; they end here.
ParsedArguments parse_arguments(std::vector<std::string> words) {
  if (words.empty()) return usage_error("name a command: `dosvc get URL` downloads, `dosvc --help` shows all");
  Grammar grammar;
  // No option before the command has a value.
  const auto command =
      std::find_if(words.begin(), words.end(), [](const auto& word) { return !word.starts_with('-'); });
  if (command != words.end() && !grammar.has_command(*command))
    return usage_error("there is no command \"" + escaped(*command) + "\": `dosvc --help` lists them");
  try {
    return grammar.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    return ShortAnswer{grammar.help()};
  } catch (const CLI::CallForVersion& version) {
    return ShortAnswer{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& problem) {
    return usage_error(escaped(without_full_stop(problem.what())) + "; `dosvc --help` shows how");
  }
}

}  // namespace dosvc::cli
