#include "origin/reply.h"

#include <algorithm>
#include <map>
#include <span>

#include "origin/content.h"

namespace dosvc::origin {

namespace {

constexpr std::uint64_t kLongestPart = 16 << 20;

std::string reason(int status) {
  static const std::map<int, std::string> kReasons{
      {100, "Continue"},
      {102, "Processing"},
      {103, "Early Hints"},
      {200, "OK"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {407, "Proxy Authentication Required"},
      {408, "Request Timeout"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {416, "Range Not Satisfiable"},
      {429, "Too Many Requests"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {511, "Network Authentication Required"},
  };
  const auto found = kReasons.find(status);
  return found == kReasons.end() ? "Status" : found->second;
}

// Collects the head of one reply, line by line.
class Head {
 public:
  Head(int status, const Behaviour& behaviour)
      : text_("HTTP/1.1 " + std::to_string(status) + " " + reason(status) + "\r\n") {
    add("Server", "dosvc-origin");
    const std::string date = behaviour.date.value_or(http_date(std::time(nullptr)));
    if (!date.empty()) add("Date", date);
  }
  void add(const std::string& name, const std::string& value) { text_ += name + ": " + value + "\r\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string retry_after_value(const std::string& text) {
  constexpr std::string_view kDate = "date+";
  if (!text.starts_with(kDate)) return text;
  const auto seconds = read_number(std::string_view(text).substr(kDate.size())).value_or(0);
  return http_date(std::time(nullptr) + static_cast<std::time_t>(seconds));
}

std::string page_text(int status, const std::string& text) {
  const std::string title = std::to_string(status) + " " + reason(status);
  return "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1><p>" + text +
         "</p></body></html>\n";
}

// The last headers, which depend on the length and the framing, and what follows from them for the connection.
void finish(Reply& reply, Head& head, const Request& request, const Behaviour& behaviour) {
  reply.framing = behaviour.framing;
  // HTTP/1.0 knows no chunks.
  if (request.http_1_0 && reply.framing == Framing::chunked) reply.framing = Framing::until_close;
  reply.close = behaviour.close || request.wants_close();
  if (reply.has_body) {
    if (reply.framing == Framing::chunked) head.add("Transfer-Encoding", "chunked");
    if (reply.framing == Framing::until_close) reply.close = true;
    if (reply.framing == Framing::length) {
      const std::int64_t said = static_cast<std::int64_t>(reply.length) + behaviour.length_lie;
      head.add("Content-Length", behaviour.content_length.value_or(std::to_string(std::max<std::int64_t>(said, 0))));
      const bool lies = behaviour.length_lie != 0 || behaviour.content_length;
      // After a lie nobody knows where the next reply would begin. The head doesn't say so: the lie is to be found out.
      if (!lies && reply.close) head.add("Connection", "close");
      if (lies) reply.close = true;
    } else if (reply.close) {
      head.add("Connection", "close");
    }
  }
  for (const auto& [name, value] : behaviour.headers) head.add(name, value);
  if (request.method == "HEAD") reply.has_body = false;
  reply.head = head.take();
}

Reply start(const Behaviour& behaviour) {
  Reply reply;
  reply.delay = behaviour.delay;
  reply.interim = behaviour.interim;
  reply.raw = behaviour.raw;
  reply.padding_headers = behaviour.padding_headers;
  reply.rate = behaviour.rate;
  reply.chunk_size = behaviour.chunk_size;
  reply.cut_after = behaviour.cut_after;
  reply.ending = behaviour.ending;
  return reply;
}

Reply plan_status(const Request& request, const Behaviour& behaviour, int status, const std::string& text,
                  const Headers& more) {
  Reply reply = start(behaviour);
  Head head(status, behaviour);
  for (const auto& [name, value] : more) head.add(name, value);
  if (!behaviour.location.empty()) head.add("Location", behaviour.location);
  if (!behaviour.retry_after.empty()) head.add("Retry-After", retry_after_value(behaviour.retry_after));
  reply.has_body = status >= 200 && status != 204 && status != 304;
  if (reply.has_body) {
    head.add("Content-Type", behaviour.content_type.value_or("text/html; charset=utf-8"));
    reply.page = page_text(status, text);
    reply.length = reply.page.size();
  }
  finish(reply, head, request, behaviour);
  return reply;
}

// True unless an If-Range names another version than this one.
bool condition_holds(const Request& request, const std::string& etag, const std::string& modified,
                     IfRangeAnswer answer) {
  const std::string condition = request.header("If-Range");
  if (condition.empty() || answer == IfRangeAnswer::ignored) return true;
  if (answer == IfRangeAnswer::never_holds) return false;
  // A weak tag matches nothing: neither a strong tag nor a date looks like it.
  if (condition.starts_with("\"")) return condition == etag;
  return !modified.empty() && condition == modified;
}

std::string content_range(const Behaviour& behaviour, const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" +
         behaviour.content_range_total.value_or(std::to_string(size));
}

// What the request gets of its Range: none is the whole content, unsatisfiable a 416.
AskedRange granted_range(const Request& request, const Behaviour& behaviour, std::uint64_t size, bool same_version) {
  if (behaviour.range == RangeAnswer::ignored || request.method != "GET") return {};
  AskedRange asked;
  if (same_version) asked = read_range(request.range(), size);
  if (behaviour.range == RangeAnswer::refused && asked.ask == RangeAsk::satisfiable)
    asked.ask = RangeAsk::unsatisfiable;
  if (behaviour.range == RangeAnswer::always_partial && asked.ask == RangeAsk::none && size != 0) {
    asked = {RangeAsk::satisfiable, {0, size - 1}};
  }
  return asked;
}

// The bytes really sent for a range asked, kept within the size.
ByteRange sent_range(const Behaviour& behaviour, const ByteRange& asked, std::uint64_t size) {
  const auto moved = [&](std::uint64_t at) {
    const std::int64_t to = static_cast<std::int64_t>(at) + behaviour.range_shift;
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(to, 0, static_cast<std::int64_t>(size) - 1));
  };
  ByteRange sent{moved(asked.first), moved(asked.last)};
  const std::uint64_t limit = std::max<std::uint64_t>(behaviour.range_limit, 1);
  if (sent.length() > limit) sent.last = sent.first + limit - 1;
  return sent;
}

// The body of a 206 that could bring several ranges, and brings one.
std::string multipart_body(const std::string& type, const std::string& content_range, std::uint64_t seed,
                           const ByteRange& range) {
  std::string content(range.length(), '\0');
  fill_content(seed, range.first, std::as_writable_bytes(std::span(content)));
  return "--part\r\nContent-Type: " + type + "\r\nContent-Range: " + content_range + "\r\n\r\n" + content +
         "\r\n--part--\r\n";
}

}  // namespace

Reply plan_page(const Request& request, int status, const std::string& text) {
  return plan_status(request, {}, status, text, {});
}

Reply plan_reply(const Request& request, const Resource& resource, const Behaviour& behaviour) {
  if (behaviour.login && !admits(*behaviour.login, request)) {
    const bool proxy = behaviour.login->proxy;
    const Headers challenge{{proxy ? "Proxy-Authenticate" : "WWW-Authenticate", challenge_of(*behaviour.login)}};
    return plan_status(request, behaviour, proxy ? 407 : 401, "Who are you?", challenge);
  }
  if (behaviour.status != 0) {
    return plan_status(request, behaviour, behaviour.status, "This is not the file you asked for.", {});
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return plan_status(request, behaviour, 405, "Only GET and HEAD.", {{"Allow", "GET, HEAD"}});
  }
  const std::uint64_t size = behaviour.size.value_or(resource.size);
  const std::uint64_t seed = behaviour.seed.value_or(resource.seed);
  const std::uint64_t tag_node = behaviour.node_mark == NodeMark::modified ? 0 : behaviour.node;
  const std::uint64_t date_node = behaviour.node_mark == NodeMark::etag ? 0 : behaviour.node;
  const std::string etag = etag_of(behaviour.etag.value_or(resource.etag), seed, tag_node);
  const bool is_dated = behaviour.last_modified.value_or(resource.last_modified);
  const std::string modified = is_dated ? http_date(modified_of(seed, date_node)) : "";
  const std::string type = behaviour.content_type.value_or(resource.content_type);

  const bool has_condition = !request.range().empty() && !request.header("If-Range").empty();
  if (has_condition && behaviour.if_range == IfRangeAnswer::failed) {
    return plan_status(request, behaviour, 412, "If-Range isn't welcome.", {});
  }
  const bool same_version = condition_holds(request, etag, modified, behaviour.if_range);
  AskedRange asked = granted_range(request, behaviour, size, same_version);
  if (has_condition && behaviour.if_range == IfRangeAnswer::refused) asked.ask = RangeAsk::unsatisfiable;
  if (asked.ask == RangeAsk::unsatisfiable) {
    const std::string truth = "bytes */" + behaviour.content_range_total.value_or(std::to_string(size));
    const std::string said = behaviour.content_range.value_or(truth);
    return plan_status(request, behaviour, 416, "No such range.",
                       said.empty() ? Headers{} : Headers{{"Content-Range", said}});
  }

  Reply reply = start(behaviour);
  const bool partial = asked.ask == RangeAsk::satisfiable;
  const bool multipart = partial && behaviour.range == RangeAnswer::multipart;
  ByteRange sent = partial ? sent_range(behaviour, asked.range, size) : ByteRange{};
  if (multipart) sent.last = std::min(sent.last, sent.first + kLongestPart - 1);
  reply.is_content = !multipart;
  reply.seed = seed;
  reply.first = sent.first;
  reply.length = partial ? sent.length() + behaviour.range_extra : size;
  if (multipart) {
    reply.page = multipart_body(type, content_range(behaviour, sent, size), seed, sent);
    reply.length = reply.page.size();
  }

  Head head(partial ? 206 : 200, behaviour);
  head.add("Content-Type", multipart ? "multipart/byteranges; boundary=part" : type);
  if (behaviour.range != RangeAnswer::ignored) head.add("Accept-Ranges", "bytes");
  if (!etag.empty()) head.add("ETag", etag);
  if (!modified.empty()) head.add("Last-Modified", modified);
  if (partial && !multipart) {
    const std::string said = behaviour.content_range.value_or(content_range(behaviour, sent, size));
    if (!said.empty()) head.add("Content-Range", said);
  }
  finish(reply, head, request, behaviour);
  return reply;
}

}  // namespace dosvc::origin
