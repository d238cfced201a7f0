#include "core/names.h"

#include "base/text.h"

#include <limits.h>

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using namespace std::string_literals;

NewFile file_with(std::string local_name) {
  NewFile file;
  file.remote_name = "https://host/a";
  file.local_name = std::move(local_name);
  return file;
}

HRESULT code_of(const Result<void>& result) { return result ? S_OK : result.error().code; }

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// A folder of exactly `size` bytes, without a slash at its end.
std::string folder_of(std::size_t size) {
  std::string path;
  while (path.size() < size) path += '/' + std::string(std::min<std::size_t>(99, size - path.size() - 1), 'd');
  return path;
}

TEST(NewFile, takes_good_local_names) {
  for (const std::string& name :
       {"/a"s, "/folder/file.bin"s, "/folder//file"s, "/folder/./file"s, "/with space/ü.txt"s, "/.hidden/.file"s,
        "/..."s, "/a..b/c"s, "/*?<>|:"s, "/back\\slash"s, '/' + std::string(NAME_MAX, 'n'),
        folder_of(PATH_MAX - 1 - 25) + "/f", folder_of(3890) + '/' + std::string(100, 'n')}) {
    EXPECT_EQ(code_of(check_new_file(file_with(name))), S_OK) << name;
  }
}

TEST(NewFile, refuses_bad_local_names) {
  const struct {
    std::string name;
    std::string_view what;
  } kCases[] = {
      {"", "absolute"},
      {"file", "absolute"},
      {"./file", "absolute"},
      {"../file", "absolute"},
      {"C:\\file", "drive letter"},
      {"c:/file", "drive letter"},
      {"/", "no file name"},
      {"//", "no file name"},
      {"/folder/", "no file name"},
      {"/folder/.", "no file name"},
      {"/folder/..", "\"..\""},
      {"/folder/../file", "\"..\""},
      {"/../etc/passwd", "\"..\""},
      {"/folder/a\nb", "control character"},
      {"/folder/a\x7f", "control character"},
      {"/folder/\x1b[2J", "control character"},
      {"/folder/\xc2\x9b"s + "2J", "control character"},
      {"/folder/a\0b"s, "control character"},
      {"/folder/\xff", "UTF-8"},
      {"/folder/\xc3", "UTF-8"},
      {"/folder/\xed\xa0\x80", "UTF-8"},
      {'/' + std::string(NAME_MAX + 1, 'n'), "longer than a file name"},
      {"/" + std::string(300, 'n') + "/file", "longer than a file name"},
      {folder_of(PATH_MAX), "longer than a path"},
      {folder_of(PATH_MAX - 5) + "/f", "temporary file"},
      {folder_of(PATH_MAX - 1 - 24) + "/f", "temporary file"},
  };
  for (const auto& c : kCases) {
    const Result<void> result = check_new_file(file_with(c.name));
    ASSERT_EQ(code_of(result), E_INVALIDARG) << escaped(c.name);
    EXPECT_NE(result.error().message.find(c.what), std::string::npos) << result.error().message;
    EXPECT_EQ(escaped(result.error().message), result.error().message) << "one line, whatever the name";
  }
}

TEST(NewFile, checks_the_url_and_the_digest) {
  NewFile file = file_with("/a");
  for (const std::string& url : {"ftp://host/a"s, "/a"s, ""s, "https://"s, "https://host/" + std::string(3000, 'a')}) {
    file.remote_name = url;
    EXPECT_EQ(code_of(check_new_file(file)), E_INVALIDARG) << url;
  }
  file.remote_name = "http://host/" + std::string(2200 - 12, 'a');
  EXPECT_EQ(code_of(check_new_file(file)), S_OK);

  for (const std::string& digest : {""s, std::string(64, 'a'), std::string(64, 'F'), repeated("0123456789abcDEF", 4)}) {
    file.sha256 = digest;
    EXPECT_EQ(code_of(check_new_file(file)), S_OK) << digest;
  }
  for (const std::string& digest : {"a"s, std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g'),
                                    std::string(63, 'a') + ' ', std::string(64, '\0')}) {
    file.sha256 = digest;
    EXPECT_EQ(code_of(check_new_file(file)), E_INVALIDARG) << digest;
  }
}

TEST(CheckText, counts_characters_not_bytes) {
  const struct {
    std::string text;
    HRESULT code;
  } kCases[] = {
      {"", S_OK},
      {"12345", S_OK},
      {"123456", BG_E_STRING_TOO_LONG},
      {repeated("ü", 5), S_OK},
      {repeated("\U0001f600", 5), S_OK},
      {repeated("ü", 6), BG_E_STRING_TOO_LONG},
      {"a\xff", E_INVALIDARG},
      {"\xc3", E_INVALIDARG},
      {"\xed\xa0\x80", E_INVALIDARG},
      {"\xc0\x80", E_INVALIDARG},
  };
  for (const auto& c : kCases) EXPECT_EQ(code_of(check_text(c.text, 5, "the name")), c.code) << escaped(c.text);
  EXPECT_EQ(check_text("123456", 5, "the display name").error().message,
            "the display name is longer than 5 characters");
  EXPECT_EQ(code_of(check_text(std::string(300, 'n'), kMaxDisplayName, "the display name")), BG_E_STRING_TOO_LONG);
}

TEST(TempName, is_hidden_beside_the_file) {
  EXPECT_EQ(temp_name_for("/folder/a.bin", 0x0123456789abcdefU), "/folder/.a.bin.0123456789abcdef.part");
  EXPECT_EQ(temp_name_for("/a", 1), "/.a.0000000000000001.part");
}

TEST(TempName, fits_and_stays_utf8) {
  for (const std::string& name : {std::string(NAME_MAX, 'n'), repeated("ü", 127), "n" + repeated("ü", 127),
                                  repeated("\U0001f600", 63), "nn" + repeated("€", 84)}) {
    const std::string temp = temp_name_for("/d/" + name, ~std::uint64_t{0});
    const std::string last = temp.substr(3);
    EXPECT_LE(last.size(), static_cast<std::size_t>(NAME_MAX)) << last;
    EXPECT_GT(last.size(), static_cast<std::size_t>(NAME_MAX) - 4) << last;
    EXPECT_EQ(code_of(check_text(temp, PATH_MAX, "")), S_OK) << last;
    EXPECT_TRUE(last.ends_with(".ffffffffffffffff.part")) << last;
  }
}

TEST(SafeFileName, makes_hostile_names_harmless) {
  const struct {
    std::string suggestion;
    std::string name;
  } kCases[] = {
      {"a.bin", "a.bin"},
      {"", "download"},
      {".", "download"},
      {"..", "download"},
      {"...", "download"},
      {"/", "download"},
      {"../", "download"},
      {"../../a", "a"},
      {"/etc/passwd", "passwd"},
      {"..%2f..%2Fetc%2fpasswd", "passwd"},
      {"%2e%2e", "download"},
      {"%2e%2e%2f", "download"},
      {"%252e%252e%252fa", "%2e%2e%2fa"},
      {"..\\..\\windows\\a.exe", "a.exe"},
      {"a%5cb", "b"},
      {"C:\\a", "a"},
      {".bashrc", "bashrc"},
      {"%2ebashrc", "bashrc"},
      {"\x01.bashrc", "bashrc"},
      {" .bashrc", "bashrc"},
      {"\xe2\x80\x8f.bashrc", "bashrc"},
      {"a%00b", "ab"},
      {"a\0b"s, "ab"},
      {"%00", "download"},
      {"a\nb", "ab"},
      {"a%0d%0ab", "ab"},
      {"\x1b[31ma", "[31ma"},
      {"a\x7f", "a"},
      {"a\xe2\x80\xae"
       "gpj.exe",
       "agpj.exe"},
      {"%c3%bc.txt", "ü.txt"},
      {"ü\xff.txt", "ü.txt"},
      {"%ff%fe", "download"},
      {"100%", "100%"},
      {"100%2", "100%2"},
      {"%zz", "%zz"},
      {"%%41", "%A"},
      {"a ", "a"},
      {"   ", "download"},
      {"a b", "a b"},
      {"~", "~"},
  };
  for (const auto& c : kCases) EXPECT_EQ(safe_file_name(c.suggestion), c.name) << escaped(c.suggestion);
  EXPECT_EQ(safe_file_name("..", "mine"), "mine");
}

TEST(SafeFileName, cuts_long_names_between_characters) {
  EXPECT_EQ(safe_file_name(std::string(300, 'n')), std::string(255, 'n'));
  EXPECT_EQ(safe_file_name(repeated("ü", 150)), repeated("ü", 127));
  EXPECT_EQ(safe_file_name(repeated("%f0%9f%98%80", 100)), repeated("\U0001f600", 63));
  EXPECT_EQ(safe_file_name(std::string(254, 'n') + " x"), std::string(254, 'n'));
}

TEST(FileNameFromUrl, is_the_last_segment_of_the_path) {
  const struct {
    std::string_view url;
    std::string_view name;
  } kCases[] = {
      {"https://host/a.bin", "a.bin"},
      {"https://host/d/a%20b.bin?x=/c#/d", "a b.bin"},
      {"https://host/d/", "download"},
      {"https://host", "download"},
      {"https://host?file=a", "download"},
      {"https://host/d/..", "download"},
      {"https://host/d/..%2f..%2f.ssh%2fkey", "key"},
      {"https://host/%2e%2e%5ca", "a"},
      {"not a url/evil", "download"},
      {"", "download"},
  };
  for (const auto& c : kCases) EXPECT_EQ(file_name_from_url(c.url), c.name) << c.url;
}

TEST(FileNameFromDisposition, reads_what_servers_send) {
  const struct {
    std::string header;
    std::string name;
  } kCases[] = {
      {"attachment; filename=\"a b.bin\"", "a b.bin"},
      {"attachment; filename=a.bin", "a.bin"},
      {"Attachment;FileName = a.bin ; x=y", "a.bin"},
      {"inline;filename=my file.txt", "my file.txt"},
      {"attachment; filename=\"a;b\"; x", "a;b"},
      {"attachment; filename=\"a\\\"b\"", "a\"b"},
      {"attachment; filename*=UTF-8''%e2%82%ac.txt", "€.txt"},
      {"attachment; filename=\"EUR.txt\"; filename*=utf-8'en'%e2%82%ac.txt", "€.txt"},
      {"attachment; filename*=utf-8''first; filename=\"second\"", "first"},
      {"attachment; filename*=ISO-8859-1''%fc.txt", "ü.txt"},
      {"attachment; filename*=KOI8-R''%c1; filename=a", "a"},
      {"attachment; filename*=broken; filename=a", "a"},
      {"attachment; filename*=UTF-8''..; filename=a", "a"},
      {"attachment; filename*=UTF-8''100%2525", "100%25"},
      {"attachment; filename=one; filename=two", "one"},
      {"attachment; x=\"; filename=evil\"; filename=a", "a"},
      {"attachment; filename=\"../../etc/passwd\"", "passwd"},
      {"attachment; filename=/etc/passwd", "passwd"},
      {"attachment; filename*=UTF-8''..%2f..%2fetc%2fpasswd", "passwd"},
      {"attachment; filename=\"a\x01\nb\"", "ab"},
      {"attachment; filename=\"never ends", "never ends"},
      {"attachment; filename=\"ends in a backslash\\", ""},
      {"attachment", ""},
      {"attachment;", ""},
      {"attachment; filename", ""},
      {"attachment; filename=", ""},
      {"attachment; filename=\"\"", ""},
      {"attachment; filename=\"..\"", ""},
      {"attachment; filename*='", ""},
      {"attachment; filename*=''", ""},
      {"attachment; myfilename=a", ""},
      {"filename=a", ""},
      {";;;=;=\";", ""},
      {"", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(file_name_from_disposition(c.header), c.name) << escaped(c.header);
}

TEST(NewJobCheck, refuses_headers_that_are_no_single_line_and_relative_certificate_files) {
  NewJob job;
  EXPECT_TRUE(check_new_job(job).ok());
  job.http.headers = {"X-A: 1"};
  EXPECT_TRUE(check_new_job(job).ok());
  for (const char* bad : {"no colon", "X: 1\r\nY: 2", "X: 1\n", ": 1", "Range : bytes=0-1", " X: 1", "X: \x1b[2J"}) {
    job.http.headers = {bad};
    EXPECT_EQ(check_new_job(job).error().code, E_INVALIDARG) << bad;
  }
  job.http.headers.clear();
  job.http.ca_file = "ca.pem";
  EXPECT_EQ(check_new_job(job).error().code, E_INVALIDARG);
  job.http.ca_file.clear();
  job.display_name = std::string(kMaxDisplayName + 1, 'x');
  EXPECT_EQ(check_new_job(job).error().code, BG_E_STRING_TOO_LONG);
}

TEST(NewJobCheck, holds_what_a_new_job_begins_with_to_the_rules_of_changes) {
  const auto refused = [](auto set) {
    NewJob job;
    job.download.emplace();
    EXPECT_TRUE(check_new_job(job).ok());
    set(job);
    const auto checked = check_new_job(job);
    return checked ? S_OK : checked.error().code;
  };
  EXPECT_EQ(refused([](NewJob& job) { job.umask = 01000; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.http.client_certificate.emplace(); }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.http.method = "two words"; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.http.auth_headers = {"no colon"}; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.http.headers = {"A: " + std::string(20'000, 'b')}; }), BG_E_STRING_TOO_LONG);
  EXPECT_EQ(refused([](NewJob& job) { job.http.security_flags = 0x8000'0000; }), E_NOTIMPL);
  EXPECT_EQ(refused([](NewJob& job) { job.http.proxy.proxies = "p:1"; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) {
              job.http.credentials = {{AuthTarget::server, AuthScheme::basic, "me", "ok"},
                                      {AuthTarget::proxy, AuthScheme::basic, std::string(301, 'u'), ""}};
            }),
            BG_E_USERNAME_TOO_LARGE);
  EXPECT_EQ(refused([](NewJob& job) { job.download->finished = 1; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.download->callback_percent = 101; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.download->cost_policy = 6; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.download->correlation_vector = "a\nb"; }), E_INVALIDARG);
  EXPECT_EQ(refused([](NewJob& job) { job.download->content_id = std::string(5'000, 'c'); }), BG_E_STRING_TOO_LONG);
}

TEST(ReservedHeader, is_known_whatever_its_case) {
  for (const char* name : {"Range", "IF-RANGE", "content-length", "Transfer-Encoding"}) {
    EXPECT_TRUE(is_reserved_header(name)) << name;
  }
  for (const char* name : {"Ranges", "X-Range", "Host", "Accept-Encoding", ""}) {
    EXPECT_FALSE(is_reserved_header(name)) << name;
  }
}

TEST(NewFileCheck, refuses_a_size_that_no_file_has) {
  NewFile file{"http://host/a", "/dl/a", {}, std::uint64_t{1} << 63};
  EXPECT_EQ(check_new_file(file).error().code, E_INVALIDARG);
}

}  // namespace
}  // namespace dosvc
