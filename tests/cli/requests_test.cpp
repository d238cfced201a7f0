#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

class Requests : public CommandLine {};

TEST_F(Requests, headers_and_credentials_are_sent) {
  origin.serve("/a.bin", {.size = 1000});
  EXPECT_EQ(run({"get", "-H", "X-One: 1", "-H", "X-Two: zwei", "-u", "me:pass:word", origin.url("/a.bin")}).code,
            kDone);
  const Request request = origin.requests_of("/a.bin").at(0);
  EXPECT_EQ(request.header("X-One"), "1");
  EXPECT_EQ(request.header("X-Two"), "zwei");
  EXPECT_EQ(request.header("Authorization"), "Basic bWU6cGFzczp3b3Jk");
}

TEST_F(Requests, the_proxy_is_that_of_the_command_line_or_else_of_the_environment) {
  const std::string elsewhere = "http://elsewhere.invalid/f";
  origin.serve("/f", {.size = 1000, .seed = 3});
  environment["http_proxy"] = origin.url("");
  const Finished got = run({"get", elsewhere});
  EXPECT_EQ(got.code, kDone) << got.err;
  expect_content("f", 3, 1000);
  EXPECT_EQ(origin.requests().at(0).target, elsewhere);
  environment["http_proxy"] = "http://127.0.0.1:1";
  EXPECT_EQ(run({"get", elsewhere, "--proxy", origin.url("")}).code, kDone);
  origin.serve("/a.bin", {.size = 1000});
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "--proxy", ""}).code, kDone);
}

TEST_F(Requests, https_trusts_the_given_authority_alone) {
  const std::string certificates = (root / "tls").string();
  std::filesystem::create_directory(certificates);
  Origin secure({.tls_directory = certificates});
  if (!secure.error().empty()) GTEST_SKIP() << secure.error();
  secure.serve("/a.bin", {.size = 1000, .seed = 3});
  const Finished refused = run({"get", secure.tls_url("/a.bin")});
  EXPECT_EQ(refused.code, kJobError);
  EXPECT_TRUE(queue().empty());
  const Finished got = run({"get", "--cacert", "../tls/ca.pem", secure.tls_url("/a.bin")});
  EXPECT_EQ(got.code, kDone) << got.err;
  expect_content("a.bin", 3, 1000);
}

TEST_F(Requests, secrets_are_kept_and_never_shown) {
  origin.serve("/a.bin", {.size = 1000});
  std::string url = origin.url("/a.bin?token=secret1");
  url.insert(std::string("http://").size(), "me:secret2@");
  const Finished added =
      run({"add", url, "-H", "X-Key: secret3", "-u", "me:secret4", "--proxy", "http://me:secret5@127.0.0.1:1"});
  ASSERT_EQ(added.code, kDone);
  const std::string id = only_job();
  std::string shown = added.out + added.err;
  for (const char* command : {"list", "show", "files", "suspend", "resume"}) {
    for (const char* form : {"-q", "--json"}) {
      std::vector<std::string> words = {command, form};
      if (std::string(command) != "list") words.push_back(id);
      const Finished one = run(words);
      EXPECT_EQ(one.code, kDone) << command;
      shown += one.out + one.err;
    }
  }
  EXPECT_EQ(shown.find("secret"), std::string::npos) << shown;
}

TEST_F(Requests, what_would_be_another_header_is_never_sent) {
  origin.serve("/a.bin", {.size = 1000});
  EXPECT_EQ(run({"get", "-H", "X: 1\r\nY: 2", origin.url("/a.bin")}).code, kUsage);
  EXPECT_EQ(run({"get", "-u", "me:x\ny", origin.url("/a.bin")}).code, kUsage);
  EXPECT_TRUE(origin.requests().empty());
}

}  // namespace
}  // namespace dosvc::cli_tests
