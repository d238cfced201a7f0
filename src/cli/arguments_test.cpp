#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace dosvc::cli {
namespace {

template <class Command>
Command parsed(std::vector<std::string> words) {
  const ParsedArguments result = parse_arguments(words);
  if (const auto* error = std::get_if<Error>(&result)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Command>(std::get<Arguments>(result).command);
}

std::string refusal(std::vector<std::string> words) {
  const ParsedArguments result = parse_arguments(words);
  const auto* error = std::get_if<Error>(&result);
  if (!error) {
    ADD_FAILURE() << "was accepted";
    return {};
  }
  EXPECT_EQ(exit_code_for(*error), ExitCode::usage);
  EXPECT_EQ(error->message.find('\n'), std::string::npos) << error->message;
  return error->message;
}

TEST(Arguments, get_takes_urls_with_an_output_for_each_in_order) {
  const auto get = parsed<GetArguments>({"get", "-o", "a", "http://h/1", "-o", "b", "http://h/2"});
  EXPECT_EQ(get.job.urls, (std::vector<std::string>{"http://h/1", "http://h/2"}));
  EXPECT_EQ(get.job.outputs, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(get.job.priority, std::nullopt);
  EXPECT_EQ(get.max_wait, std::nullopt);
}

TEST(Arguments, an_output_for_some_urls_only_is_refused) {
  EXPECT_NE(refusal({"get", "http://h/1", "http://h/2", "-o", "a"}).find("1 of -o for 2 URLs"), std::string::npos);
  EXPECT_NE(refusal({"get", "http://h/1", "-o", "a", "-o", "b"}).find("2 of -o for 1 URL:"), std::string::npos);
  refusal({"get", "http://h/1", "http://h/2", "--sha256", "00"});
}

TEST(Arguments, all_users_are_meant_only_when_it_is_said) {
  EXPECT_FALSE(parsed<ListArguments>({"list"}).all_users);
  EXPECT_TRUE(parsed<ListArguments>({"list", "--all"}).all_users);
  EXPECT_TRUE(parsed<MonitorArguments>({"monitor", "-a"}).all_users);
}

TEST(Arguments, service_wants_one_action) {
  EXPECT_EQ(parsed<ServiceArguments>({"service", "status"}).action, ServiceAction::status);
  EXPECT_EQ(parsed<ServiceArguments>({"service", "start"}).action, ServiceAction::start);
  EXPECT_EQ(parsed<ServiceArguments>({"--json", "service", "-v", "stop", "-q"}).action, ServiceAction::stop);
  refusal({"service"});
  refusal({"service", "restart"});
  refusal({"service", "start", "stop"});
}

TEST(Arguments, curls_habits_are_understood) {
  const auto get = parsed<GetArguments>({"get", "-L", "-f", "-sS", "-H", "A: b", "-H", "C:d", "-u", "me:pw", "-x",
                                         "http://p:1", "--cacert", "ca.pem", "-O", "http://h/1"});
  EXPECT_EQ(get.job.urls, std::vector<std::string>{"http://h/1"});
  EXPECT_EQ(get.job.headers, (std::vector<std::string>{"A: b", "C:d"}));
  EXPECT_EQ(get.job.user_password, "me:pw");
  EXPECT_EQ(get.job.proxy, "http://p:1");
  EXPECT_EQ(get.job.ca_file, "ca.pem");
}

TEST(Arguments, an_empty_proxy_is_another_thing_than_none) {
  EXPECT_EQ(parsed<GetArguments>({"get", "http://h/"}).job.proxy, std::nullopt);
  EXPECT_EQ(parsed<GetArguments>({"get", "http://h/", "--proxy", ""}).job.proxy, "");
}

TEST(Arguments, a_header_that_would_be_two_or_none_is_refused) {
  for (const char* header : {"A: b\r\nC: d", "A: b\nC: d", "A", ": b", "A b: c", ""})
    refusal({"get", "http://h/", "-H", header});
  refusal({"get", "http://h/", "-H", std::string("A: b\0c", 6)});
  refusal({"get", "http://h/", "-u", "me:p\nw"});
  refusal({"get", "http://h/", "-u", "me"});
  refusal({"get", "http://h/", "-x", "http://p\n"});
}

TEST(Arguments, a_proxy_has_a_known_scheme_or_none_and_a_port_that_can_be) {
  for (const char* proxy : {"ftp://p:1", "htp://p", "http://p:0", "http://p:65536", "p:x", "http://p:", "http://",
                            "http://me:pw@p:99999", "http://[::1]:70000"})
    EXPECT_EQ(refusal({"get", "http://h/", "-x", proxy}).find("--proxy: "), 0u) << proxy;
  for (const char* proxy : {"p", "p:1", "http://p:65535/", "HTTPS://p", "socks4://p", "socks4a://p", "socks5://p:1080",
                            "socks5h://me:pw@p:1", "http://[::1]:8080", "http://[::1]"})
    EXPECT_EQ(parsed<GetArguments>({"get", "http://h/", "-x", proxy}).job.proxy, proxy);
}

TEST(Arguments, refusals_name_what_is_wrong_once) {
  EXPECT_EQ(refusal({"-q", "frob", "x"}), "there is no command \"frob\": `dosvc --help` lists them");
  EXPECT_EQ(refusal({"help"}), "there is no command \"help\": `dosvc --help` lists them");
  EXPECT_EQ(refusal({"get", "http://h/", "-u", "me"}), "--user: needs name:password; `dosvc --help` shows how");
  EXPECT_EQ(refusal({"get", "http://h/", "--sha256", "12"}),
            "--sha256: needs 64 hexadecimal digits; `dosvc --help` shows how");
}

TEST(Arguments, headers_that_the_engine_needs_for_itself_are_refused) {
  refusal({"get", "http://h/", "-H", "range: bytes=0-1"});
  refusal({"get", "http://h/", "-H", "If-Range: x"});
}

TEST(Arguments, secrets_stay_out_of_refusals) {
  EXPECT_EQ(refusal({"get", "http://h/", "-H", "Authorization: secret\nX: y"}).find("secret"), std::string::npos);
  EXPECT_EQ(refusal({"get", "http://h/", "-u", "secret"}).find("secret"), std::string::npos);
  EXPECT_EQ(refusal({"get", "http://h/", "-x", "http://me:secret@ p"}).find("secret"), std::string::npos);
}

TEST(Arguments, priorities_have_names) {
  EXPECT_EQ(parsed<AddArguments>({"add", "http://h/", "--priority", "low"}).job.priority, Priority::low);
  EXPECT_EQ(parsed<AddArguments>({"add", "http://h/", "--priority=foreground"}).job.priority, Priority::foreground);
  refusal({"add", "http://h/", "--priority", "urgent"});
  refusal({"add", "http://h/", "--priority", ""});
}

TEST(Arguments, max_wait_is_a_time) {
  EXPECT_EQ(parsed<GetArguments>({"get", "http://h/", "--max-wait", "5m"}).max_wait, std::chrono::minutes(5));
  EXPECT_EQ(parsed<WaitArguments>({"wait", "abcd", "--max-wait", "30s"}).max_wait, std::chrono::seconds(30));
  refusal({"get", "http://h/", "--max-wait", "soon"});
  refusal({"get", "http://h/", "--max-wait", "0"});
  refusal({"get", "http://h/", "--max-wait", ""});
}

TEST(Arguments, json_and_quiet_stand_before_or_after_the_command) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--json", "-q", "list"}, {"list", "--json", "-q"}, {"-q", "list", "--json"}}) {
    const auto result = parse_arguments(words);
    ASSERT_TRUE(std::holds_alternative<Arguments>(result));
    EXPECT_TRUE(std::get<Arguments>(result).json);
    EXPECT_TRUE(std::get<Arguments>(result).quiet);
  }
  const auto plain = parse_arguments({"list"});
  EXPECT_FALSE(std::get<Arguments>(plain).json);
  EXPECT_FALSE(std::get<Arguments>(plain).quiet);
}

TEST(Arguments, job_commands_take_several_ids) {
  const auto cancel = parsed<JobCommandArguments>({"cancel", "aaaa", "bbbb"});
  EXPECT_EQ(cancel.command, JobCommand::cancel);
  EXPECT_EQ(cancel.ids, (std::vector<std::string>{"aaaa", "bbbb"}));
  EXPECT_EQ(parsed<JobCommandArguments>({"resume", "a"}).command, JobCommand::resume);
  EXPECT_EQ(parsed<JobCommandArguments>({"suspend", "a"}).command, JobCommand::suspend);
  EXPECT_EQ(parsed<JobCommandArguments>({"complete", "a"}).command, JobCommand::complete);
  EXPECT_EQ(parsed<ShowArguments>({"show", "list"}).id, "list");
}

TEST(Arguments, wait_completes_unless_told_not_to) {
  EXPECT_TRUE(parsed<WaitArguments>({"wait", "a"}).complete);
  EXPECT_FALSE(parsed<WaitArguments>({"wait", "a", "--no-complete"}).complete);
}

TEST(Arguments, what_makes_no_sense_is_a_usage_error) {
  refusal({});
  refusal({"get"});
  refusal({"fetch", "http://h/"});
  refusal({"get", "http://h/", "--bogus"});
  refusal({"get", "http://h/", "-o"});
  refusal({"get", "http://h/", "-o", "a", "-O"});
  refusal({"wait"});
  refusal({"show", "a", "b"});
  refusal({"list", "a\nb\x1b[2J"});
}

TEST(Arguments, help_and_version_are_answers) {
  const auto text = [](std::vector<std::string> words) {
    const auto result = parse_arguments(words);
    const auto* answer = std::get_if<ShortAnswer>(&result);
    return answer ? answer->text : std::string();
  };
  EXPECT_EQ(text({"--version"}).rfind("dosvc ", 0), 0u);
  EXPECT_EQ(text({"-V"}), text({"--version"}));
  EXPECT_NE(text({"--help"}).find("Exit codes:"), std::string::npos);
  EXPECT_NE(text({"get", "--help"}).find("--max-wait"), std::string::npos);
  EXPECT_NE(text({"get", "--help"}).find("Exit codes:"), std::string::npos);
  EXPECT_NE(text({"wait", "-h"}).find("--no-complete"), std::string::npos);
}

TEST(Arguments, hash_takes_a_file_and_perhaps_more) {
  const auto usual = parsed<HashArguments>({"hash", "f"});
  EXPECT_EQ(usual.file, "f");
  EXPECT_EQ(usual.output, "");
  EXPECT_EQ(usual.piece_size, 1u << 20);
  const auto all = parsed<HashArguments>({"hash", "f", "-o", "g", "--piece-size", "16384"});
  EXPECT_EQ(all.output, "g");
  EXPECT_EQ(all.piece_size, 16'384u);
  refusal({"hash"});
  for (const char* size : {"16383", "1073741825", "-1", "many", ""}) refusal({"hash", "f", "--piece-size", size});
}

}  // namespace
}  // namespace dosvc::cli
