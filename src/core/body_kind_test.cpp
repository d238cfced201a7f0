#include "core/body_kind.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

constexpr const char* kFile = "http://host/a.bin";
constexpr const char* kSecure = "https://host/a.bin";
constexpr const char* kPage = "http://host/index.html";
constexpr const char* kPortal = "http://portal.lan/login";

ResponseHead html(std::string asked_url, std::string effective_url = {}) {
  ResponseHead head;
  head.status = 200;
  head.effective_url = effective_url.empty() ? asked_url : effective_url;
  head.asked_url = std::move(asked_url);
  head.content_type = "text/html";
  head.content_length = 2000;
  return head;
}

ResponseHead with_validator(ResponseHead head) {
  head.last_modified = "Mon, 05 Feb 2024 10:00:00 GMT";
  return head;
}

Asked holding(std::uint64_t bytes) {
  Asked asked;
  asked.offset = bytes;
  asked.holds_bytes = true;
  return asked;
}

Asked of_size(std::uint64_t size) {
  Asked asked;
  asked.size = size;
  return asked;
}

TEST(LoginPage, is_told_from_pages_that_are_the_file) {
  ResponseHead long_page = html(kFile);
  long_page.content_length = 2 << 20;
  ResponseHead endless = html(kFile);
  endless.content_length.reset();
  ResponseHead attached = html(kFile);
  attached.content_disposition = "Attachment; filename=a.bin";
  ResponseHead xhtml = html(kFile);
  xhtml.content_type = "application/xhtml+xml;q=1";
  ResponseHead text = html(kFile);
  text.content_type = "text/plain";
  Asked wants_pages = holding(5);
  wants_pages.any_page = true;
  Asked knows_version;
  knows_version.validator.etag = "\"a\"";
  const struct {
    Asked asked;
    ResponseHead head;
    bool is_login;
    const char* why;
  } kCases[] = {
      {{}, html(kFile), true, "a page without validators in place of a .bin, on a way that anybody can stand on"},
      {{}, html("http://host/a.tar.GZ?x=.html"), true, "the query is no part of the name"},
      {{}, xhtml, true, "XHTML"},
      {{}, endless, true, "of unknown length"},
      {{}, html(kFile, kPortal), true, "redirected"},
      {{}, html(kFile, "https://portal.lan/login.php"), true, "redirected to https; what was asked counts"},
      {{}, with_validator(html(kFile)), false, "a page in a folder of static files"},
      {{},
       with_validator(html(kFile, kPortal)),
       false,
       "a redirect to a static page, and nothing is known of the file"},
      {{}, html(kSecure), false, "nobody stands in the way of https"},
      {{}, html(kPage), false, "a page was asked for"},
      {{}, html("http://host/"), false, "a page was asked for"},
      {{}, html("http://host/download"), false, "perhaps a page"},
      {{}, html("http://host/get.PHP?file=a.bin"), false, "a script, which may answer anything"},
      {{}, html("http://host/release-1.2"), false, "a version is no extension"},
      {{}, html("http://host/a.b-c"), false, "no extension"},
      {{}, text, false, "no page"},
      {{}, attached, false, "meant to be saved"},
      {{}, long_page, false, "too long for a login"},
      {of_size(2000), html(kFile), false, "as long as the file is"},
      {of_size(9000), html(kSecure), true, "not as long as the file is"},
      {of_size(9000), html("https://host/download"), false, "the program may be wrong about a page's length"},
      {of_size(9000), with_validator(html(kSecure)), false, "the program may be wrong"},
      {of_size(9000), with_validator(html(kSecure, kPortal)), true, "redirected to another host"},
      {holding(5), html(kFile), true, "in the midst"},
      {holding(5), html(kSecure), true, "in the midst"},
      {holding(5), html(kPage), true, "in the midst: what we hold had a validator"},
      {knows_version, html(kSecure), true, "the file has a validator"},
      {holding(5), with_validator(html(kFile)), false, "another version, perhaps"},
      {holding(5), with_validator(html(kFile, kPortal)), true, "redirected to another host"},
      {holding(5), with_validator(html(kFile, "http://host/b.bin")), false, "redirected within the host"},
      {holding(5), with_validator(html(kPage, kPortal)), false, "a page that moved"},
      {holding(5), long_page, false, "too long for a login"},
      {wants_pages, html(kFile), false, "the program takes pages"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(is_login_page(c.asked, c.head), c.is_login) << c.head.asked_url << ": " << c.why;
  }
}

TEST(ForeignCoding, is_one_that_the_name_of_the_file_does_not_explain) {
  const struct {
    const char* coding;
    const char* asked_url;
    const char* effective_url;
    const char* foreign;
  } kCases[] = {
      {"", kFile, kFile, ""},
      {"identity", kFile, kFile, ""},
      {"gzip", kFile, kFile, "gzip"},
      {"GZip", kFile, kFile, "gzip"},
      {"identity, br", kFile, kFile, "br"},
      {"gzip, br", "http://host/a.gz", "http://host/a.gz", "gzip, br"},
      {"gzip,gzip", "http://host/a.gz", "http://host/a.gz", "gzip, gzip"},
      {"gzip", "http://host/a.tar.gz?x", "http://host/1", ""},
      {"x-gzip", "http://host/a.TGZ", "http://host/a.TGZ", ""},
      {"gzip", "http://host/latest", "http://cdn/a.gz", ""},
      {"gzip", "http://host/a.gz/x", "http://host/a.gz/x", "gzip"},
      {"gzip", "http://host/x?a.gz", "http://host/x?a.gz", "gzip"},
      {"gzip", "http://host/a.bz2", "http://host/a.bz2", "gzip"},
      {"x-compress", "http://host/a.Z", "http://host/a.Z", ""},
      {"bzip2", "http://host/a.bz2", "http://host/a.bz2", ""},
      {"x-bzip2", "http://host/a.bz2", "http://host/a.bz2", ""},
      {"xz", "http://host/a.xz", "http://host/a.xz", ""},
      {"zstd", "http://host/a.zst", "http://host/a.zst", ""},
      {"br", "http://host/a.br", "http://host/a.br", ""},
      {"br", "http://host/a.gz", "http://host/a.gz", "br"},
      {"nonsense", kFile, kFile, "nonsense"},
  };
  for (const auto& c : kCases) {
    ResponseHead head;
    head.content_encoding = c.coding;
    head.asked_url = c.asked_url;
    head.effective_url = c.effective_url;
    EXPECT_EQ(foreign_coding(head), c.foreign) << c.coding << ' ' << c.asked_url;
  }
}

}  // namespace
}  // namespace dosvc
