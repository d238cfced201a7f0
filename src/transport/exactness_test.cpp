// What a server may say of its file that isn't so, each on a real connection: no byte of anything else is ever written,
// and what is held is given up only where nothing else is left.

#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

constexpr std::uint64_t kSize = 5000;
constexpr std::uint64_t kHeld = 2000;

class ExactnessTest : public CurlTransportTest {
 protected:
  // A file whose URL tells the origin how to serve it.
  std::string address(const std::string& parameters, const std::string& name = "a.bin") const {
    return origin_.url("/bytes/" + std::to_string(kSize) + "/" + name + "?" + parameters);
  }
  // How it ended, in a word.
  std::string outcome(Download& download) {
    const FetchEnd end = download.events.wait_until_done();
    if (const auto* taken = std::get_if<BodyTaken>(&end)) return "taken to " + std::to_string(taken->end);
    if (download.file->writes() != 0) return "something was written";
    if (const auto* anew = std::get_if<StartAnew>(&end)) return anew->ask_without_if_range ? "ask again" : "anew";
    const Failure& failure = std::get<Failure>(end);
    const std::string how = failure.failure_class == FailureClass::fatal ? "fatal" : "transient";
    if (failure.error.code == BG_E_INVALID_SERVER_RESPONSE) return how + " nonsense";
    if (failure.error.code == WININET_E_CONNECTION_ABORTED) return how + " cut";
    return how + " " + std::to_string(failure.http_status);
  }
};

TEST_F(ExactnessTest, finds_out_lies_about_the_whole_file) {
  const struct {
    const char* parameters;
    const char* outcome;
    const char* why;
  } kCases[] = {
      {"", "taken to 5000", "no lie"},
      {"length-lie=-1000", "taken to 4000", "what is behind the end isn't the file's"},
      {"length=-5", "fatal nonsense", "a negative length"},
      {"length=99999999999999999999", "fatal nonsense", "no number"},
      {"length=9223372036854775808", "fatal nonsense", "no file is that long"},
      {"length=", "fatal nonsense", "an empty length"},
      {"length=5000x", "fatal nonsense", "no number"},
      {"header=Content-Length:4000", "fatal nonsense", "two lengths"},
      {"header=Content-Length:5000", "taken to 5000", "two lengths that agree"},
      {"header=Content-Encoding:gzip", "fatal nonsense", "compressed"},
      {"header=Content-Encoding:gzip&framing=chunked", "fatal nonsense", "compressed"},
      {"header=Content-Encoding:identity", "taken to 5000", "not compressed"},
      {"header=Transfer-Encoding:gzip&framing=close", "fatal nonsense", "a transfer coding nobody asked for"},
      {"header=Transfer-Encoding:gzip&framing=chunked", "fatal nonsense", "a transfer coding nobody asked for"},
      {"range=always", "taken to 5000", "a 206 that is all of it"},
      {"range=always&range-limit=4999", "fatal nonsense", "a 206 that is a part"},
      {"range=always&content-range=", "fatal nonsense", "a 206 that doesn't say of what"},
      {"type=text/html&etag=none&modified=none", "transient nonsense", "a login page, perhaps"},
      {"type=text/html", "taken to 5000", "a page with a validator"},
      {"status=200", "transient nonsense", "a login page"},
      {"status=511", "transient 511", "a network that wants a login"},
      {"date=soon", "taken to 5000", "a date that is none"},
  };
  for (const auto& c : kCases) EXPECT_EQ(outcome(start(address(c.parameters))), c.outcome) << c.why;
}

TEST_F(ExactnessTest, finds_out_bodies_that_are_not_as_announced) {
  for (const char* parameters : {"length-lie=1000", "framing=chunked&cut=3000", "framing=chunked&cut=5000"}) {
    expect_failure(start(address(parameters)), WININET_E_CONNECTION_ABORTED, FailureClass::transient);
  }
  for (const char* size : {"zz", "-5", "3", "ffffffffffffffffff"}) {
    auto& download = start(address(std::string("framing=chunked&chunk-size=") + size));
    const FetchEnd end = download.events.wait_until_done();
    EXPECT_TRUE(std::holds_alternative<Failure>(end)) << size;
    EXPECT_FALSE(download.events.take()->size) << size;
  }
}

TEST_F(ExactnessTest, finds_out_lies_about_the_rest_of_the_file) {
  const struct {
    const char* parameters;
    const char* outcome;
    const char* why;
  } kCases[] = {
      {"", "taken to 5000", "no lie"},
      {"total=*", "taken to 5000", "the size was told before"},
      {"range=ignored", "ask again", "200 to a range, by a server that has the same version"},
      {"range=ignored&etag=none", "ask again", "which the date tells as well"},
      {"range=ignored&etag=none&modified=none", "anew", "which nothing tells"},
      {"range=ignored&size=5001", "anew", "another size"},
      {"range=refused", "ask again", "416, though the file is as long as ever"},
      {"size=1000", "anew", "416, and the file is shorter"},
      {"range-shift=5", "fatal nonsense", "another range"},
      {"range-shift=-5", "fatal nonsense", "another range"},
      {"range-limit=100", "anew", "not to the end"},
      {"content-range=", "fatal nonsense", "which range?"},
      {"content-range=bytes", "fatal nonsense", "which range?"},
      {"content-range=bytes%202000-4999/4000", "fatal nonsense", "more than there is"},
      {"content-range=bytes%202000-4000/5000", "fatal nonsense", "not as long as the body"},
      {"content-range=bytes%202001-4999/5000&framing=chunked", "fatal nonsense", "another range"},
      {"total=6000", "anew", "another total"},
      {"total=4999", "fatal nonsense", "a total within the range"},
      {"range-extra=10", "fatal nonsense", "not as long as the body"},
      {"range=multipart", "fatal nonsense", "several parts in one body"},
      {"range=multipart&header=Content-Range:bytes%202000-4999/5000", "fatal nonsense", "several parts in one body"},
      {"seed=2", "anew", "another version"},
      {"seed=2&if-range=ignored", "anew", "another version, If-Range or not"},
      {"etag=none&modified=none&if-range=ignored", "anew", "nothing tells the version"},
      {"etag=weak&modified=none&if-range=ignored", "anew", "nothing tells the version"},
      {"etag=none&if-range=ignored", "taken to 5000", "the date tells the version"},
      {"if-range=never", "ask again", "200 though If-Range names it"},
      {"if-range=412", "ask again", "If-Range taken for If-Match"},
      {"if-range=416", "ask again", "If-Range not understood"},
      {"header=Content-Encoding:gzip", "fatal nonsense", "compressed"},
      {"status=200", "transient nonsense", "a login page"},
      {"type=text/html&range=ignored&etag=none&modified=none&size=900", "transient nonsense", "a login page"},
      {"status=511", "transient 511", "a network that wants a login"},
      {"status=412", "ask again", "the same as if-range=412"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(outcome(start(address(c.parameters), holding(kHeld, kSize))), c.outcome) << c.parameters << ": " << c.why;
  }
}

TEST_F(ExactnessTest, finds_out_a_part_that_goes_on_behind_its_end) {
  auto& download = start(address("range-extra=10&framing=chunked"), [] {
    Asked asked = holding(kHeld, kSize);
    asked.part = asked.holds_bytes = true;
    asked.end = 3000;
    return asked;
  }());
  expect_failure(download, BG_E_INVALID_SERVER_RESPONSE, FailureClass::fatal);
  EXPECT_LE(download.file->bytes().size(), 3000u);
}

// The first request was answered by the first node, which is the one of holding().
TEST_F(ExactnessTest, follows_nodes_by_date_and_size) {
  const struct {
    const char* mark;
    bool without_if_range;
    const char* outcome;
  } kCases[] = {{"etag", false, "ask again"},
                {"etag", true, "taken to 5000"},
                {"both", false, "anew"},
                {"both", true, "anew"},
                {"modified", false, "taken to 5000"}};
  int number = 0;
  for (const auto& c : kCases) {
    const auto url = address(std::string("nodes=2&node-mark=") + c.mark, std::to_string(++number) + ".bin");
    EXPECT_EQ(outcome(start(url)), "taken to 5000");
    Asked rest = holding(kHeld, kSize);
    rest.without_if_range = c.without_if_range;
    EXPECT_EQ(outcome(start(url, rest)), c.outcome) << c.mark << ' ' << c.without_if_range;
    EXPECT_EQ(origin_.requests().back().header("If-Range").empty(), c.without_if_range);
  }
}

TEST_F(ExactnessTest, knows_a_portal_that_leads_elsewhere) {
  const auto elsewhere =
      "http://localhost:" + std::to_string(origin_.port()) + "/bytes/900/login?type=text/html&range=ignored";
  origin_.serve("/f.bin", {.rules = {origin::always(origin::redirect(302, elsewhere))}});
  EXPECT_EQ(outcome(start(origin_.url("/f.bin"), holding(kHeld, kSize))), "transient nonsense");
  EXPECT_EQ(outcome(start(origin_.url("/f.bin"))), "taken to 900")
      << "it has validators, and we know nothing of the file";
  const auto within = origin_.url("/bytes/900/login?type=text/html&range=ignored");
  origin_.serve("/f.bin", {.rules = {origin::always(origin::redirect(302, within))}});
  EXPECT_EQ(outcome(start(origin_.url("/f.bin"), holding(kHeld, kSize))), "anew") << "the file may have become a page";
}

TEST_F(ExactnessTest, takes_pages_where_the_program_wants_them) {
  HttpOptions http;
  http.headers = {"Accept: text/html"};
  EXPECT_EQ(outcome(start(address("type=text/html&etag=none&modified=none"), {}, http)), "taken to 5000");
  EXPECT_EQ(outcome(start(address("type=text/html&etag=none&modified=none", "a.html"))), "taken to 5000");
}

TEST_F(ExactnessTest, takes_codings_where_they_are_the_file_or_wanted) {
  const auto gzip = "header=Content-Encoding:gzip";
  EXPECT_EQ(outcome(start(address(gzip, "a.tar.gz"))), "taken to 5000");
  EXPECT_EQ(origin_.requests().back().header("Accept-Encoding"), "identity");
  HttpOptions http;
  http.headers = {"Accept-Encoding: gzip"};
  EXPECT_EQ(outcome(start(address(gzip), {}, http)), "taken to 5000");
  EXPECT_EQ(origin_.requests().back().header("Accept-Encoding"), "gzip");
  EXPECT_EQ(outcome(start(address(gzip), holding(kHeld, kSize), http)), "taken to 5000")
      << "a strong ETag tells the form";
  EXPECT_EQ(outcome(start(address(std::string(gzip) + "&etag=weak"), holding(kHeld, kSize), http)), "anew")
      << "a date doesn't";
}

}  // namespace
}  // namespace dosvc
