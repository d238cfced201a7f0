#include "core/names.h"

#include "base/text.h"
#include "base/url.h"
#include "core/file_layout.h"
#include "core/job_change.h"

#include <limits.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace dosvc {
namespace {

constexpr std::string_view kTempSuffix = ".part";

Error invalid(std::string message) { return Error{E_INVALIDARG, ErrorContext::none, std::move(message)}; }

// The longest front of `text` that has at most `limit` bytes and doesn't end within a character.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80; };
  while (limit > 0 && continues(limit)) --limit;
  return text.substr(0, limit);
}

// A percent sign that no two hex digits follow stands for itself.
std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string without_unprintables(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_character(text);
    const std::size_t length = std::max<std::size_t>(next.length, 1);
    if (next.length != 0 && next.printable()) out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

std::string cleaned_file_name(std::string_view decoded, std::string_view fallback) {
  decoded.remove_prefix(decoded.find_last_of("/\\") + 1);  // npos + 1 is 0
  const std::string clean = without_unprintables(decoded);
  std::string_view name = clean;
  name.remove_prefix(std::min(name.find_first_not_of(". "), name.size()));
  name = cut(name, NAME_MAX);
  name = name.substr(0, name.find_last_not_of(' ') + 1);
  return std::string(name.empty() ? fallback : name);
}

// "C:\\…" or "C:/…"
bool is_drive_path(std::string_view path) {
  return path.size() > 2 && lower_case(path[0]) >= 'a' && lower_case(path[0]) <= 'z' && path[1] == ':' &&
         (path[2] == '\\' || path[2] == '/');
}

// Takes a header's value apart from its front.
class HeaderValue {
 public:
  explicit HeaderValue(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  void skip_past(char c) {
    const auto at = rest_.find(c);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + 1);
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Up to the next of `ends`, without spaces at its end.
  std::string_view until(std::string_view ends) {
    const std::string_view found = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(found.size());
    return found.substr(0, found.find_last_not_of(" \t") + 1);
  }

  // What stands between quotation marks, the first of which is already gone. One that never ends is taken to the end.
  std::string quoted() {
    std::string out;
    while (!rest_.empty() && !skip('"')) {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    return out;
  }

 private:
  std::string_view rest_;
};

// charset'language'percent-encoded (RFC 8187). Nothing for a charset other than the two that were ever allowed.
std::string extended_value(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  const std::string_view charset = text.substr(0, first);
  const std::string bytes = percent_decoded(text.substr(second + 1));
  if (same_but_for_case(charset, "UTF-8")) return bytes;
  if (!same_but_for_case(charset, "ISO-8859-1")) return {};
  std::string utf8;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xc0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return utf8;
}

}  // namespace

Result<void> check_remote_name(std::string_view url) {
  DO_TRY(parse_url(url));
  return {};
}

Result<void> check_local_name(std::string_view path, std::string_view what) {
  const auto bad = [&](std::string_view why) { return invalid(std::string(what) + " " + std::string(why)); };
  if (is_drive_path(path)) {
    return bad("begins with a drive letter: paths here are those of Linux, \"/folder/file\"");
  }
  if (!path.starts_with('/')) return bad("must be an absolute path");
  const auto quoted = [&] { return '"' + escaped(path) + '"'; };
  if (path.size() >= PATH_MAX) return bad("is longer than a path can be");
  for (std::string_view rest = path; !rest.empty();) {
    const Character next = first_character(rest);
    if (next.length == 0) return bad("isn't UTF-8: " + quoted());
    const std::uint32_t c = next.code_point;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return bad("holds a control character: " + quoted());
    rest.remove_prefix(next.length);
  }
  std::string_view component;
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    component = rest.substr(0, rest.find('/'));
    rest.remove_prefix(component.size());
    if (component == "..") return bad("must not hold \"..\": " + quoted());
    if (component.size() > NAME_MAX) return bad("has a part that is longer than a file name can be: " + quoted());
  }
  if (component.empty() || component == ".") return bad("ends in no file name: " + quoted());
  if (temp_name_for(path, 0).size() >= PATH_MAX) {
    return bad("leaves no room for the name of a temporary file beside it");
  }
  return {};
}

Result<void> check_new_file(const NewFile& file) {
  DO_TRY(check_remote_name(file.remote_name));
  DO_TRY(check_local_name(file.local_name, "the local name"));
  return check_new_or_nameless_file(file);
}

Result<void> check_new_or_nameless_file(const NewFile& file) {
  DO_TRY(check_remote_name(file.remote_name));
  if (!file.local_name.empty()) DO_TRY(check_local_name(file.local_name, "the local name"));
  DO_TRY(check_ranges(file.ranges));
  DO_TRY(check_text(file.file_id, kMaxFileId, "the file id"));
  constexpr std::size_t kSha256Digits = 64;
  const bool hex = std::all_of(file.sha256.begin(), file.sha256.end(), [](char c) { return hex_digit(c) >= 0; });
  if (!file.sha256.empty() && (file.sha256.size() != kSha256Digits || !hex)) {
    return invalid("a SHA-256 digest has 64 hexadecimal digits");
  }
  return file.size ? check_size(*file.size) : Result<void>();
}

Result<void> check_size(std::uint64_t size) {
  if (size <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return {};
  return invalid("no file is larger than 2^63-1 bytes");
}

Result<void> check_new_job(const NewJob& job) {
  DO_TRY(check_text(job.display_name, kMaxDisplayName, "the display name"));
  if ((job.umask & ~mode_t{0777}) != 0) return invalid("a umask has nine bits");
  const HttpOptions& http = job.http;
  if (http.client_certificate) return invalid("a client certificate is chosen when the job is there");
  if (!http.ca_file.empty() && http.ca_file.front() != '/')
    return invalid("the file of certificates needs its full path");
  for (const Credentials& each : http.credentials) {
    JobChange credentials;
    credentials.set_credentials = each;
    DO_TRY(check_arguments(credentials));
  }
  JobChange rest;
  rest.headers = http.headers;
  rest.auth_headers = http.auth_headers;
  rest.security_flags = http.security_flags;
  rest.proxy = http.proxy;
  if (!http.method.empty()) rest.method = http.method;
  if (job.download) {
    if (job.download->finished != 0) return invalid("a new download has got nothing yet");
    rest.content_id = job.download->content_id;
    rest.cost_policy = job.download->cost_policy;
    rest.callback_percent = job.download->callback_percent;
    if (!job.download->correlation_vector.empty()) rest.correlation_vector = job.download->correlation_vector;
  }
  return check_arguments(rest);
}

Result<void> check_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  const bool clean = std::none_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || !clean) {
    return invalid("a request header is one line of the form \"Name: value\"");
  }
  return {};
}

bool is_reserved_header(std::string_view name) {
  constexpr std::string_view kReserved[] = {"connection",       "content-length",    "expect",  "http2-settings",
                                            "if-range",         "keep-alive",        "range",   "te",
                                            "proxy-connection", "transfer-encoding", "trailer", "upgrade"};
  return std::any_of(std::begin(kReserved), std::end(kReserved),
                     [&](std::string_view reserved) { return same_but_for_case(reserved, name); });
}

Result<void> check_text(std::string_view utf8, std::size_t max_characters, std::string_view what) {
  for (std::size_t count = 0; !utf8.empty(); ++count) {
    if (count == max_characters) {
      return Error{BG_E_STRING_TOO_LONG, ErrorContext::none,
                   std::string(what) + " is longer than " + std::to_string(max_characters) + " characters"};
    }
    const Character next = first_character(utf8);
    if (next.length == 0) return invalid(std::string(what) + " isn't UTF-8");
    utf8.remove_prefix(next.length);
  }
  return {};
}

std::string temp_name_for(std::string_view local_name, std::uint64_t random) {
  constexpr int kDigits = 16;
  const std::size_t name_begin = local_name.rfind('/') + 1;  // npos + 1 is 0
  std::string out(local_name.substr(0, name_begin));
  out += '.';
  out += cut(local_name.substr(name_begin), NAME_MAX - (1 + 1 + kDigits + kTempSuffix.size()));
  out += '.';
  for (int shift = 4 * (kDigits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[random >> shift & 0xf];
  out += kTempSuffix;
  return out;
}

std::string safe_file_name(std::string_view suggestion, std::string_view fallback) {
  return cleaned_file_name(percent_decoded(suggestion), fallback);
}

std::string file_name_from_url(std::string_view url) {
  const Result<Url> parsed = parse_url(url);
  return safe_file_name(parsed ? std::string_view(parsed->path) : std::string_view());
}

std::string file_name_from_disposition(std::string_view header) {
  std::optional<std::string> plain;  // the first of each counts
  std::optional<std::string> extended;
  HeaderValue value(header);
  value.skip_past(';');  // "attachment" or "inline"
  while (!value.done()) {
    value.skip_spaces();
    const std::string_view name = value.until("=;");
    if (value.skip('=')) {
      value.skip_spaces();
      std::string text = value.skip('"') ? value.quoted() : std::string(value.until(";"));
      if (!plain && same_but_for_case(name, "filename")) plain = safe_file_name(text, "");
      if (!extended && same_but_for_case(name, "filename*")) extended = cleaned_file_name(extended_value(text), "");
    }
    value.skip_past(';');
  }
  return extended && !extended->empty() ? *extended : plain.value_or("");
}

}  // namespace dosvc
