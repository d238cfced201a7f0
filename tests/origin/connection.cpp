#include "origin/connection.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include "origin/content.h"

namespace dosvc::origin {

namespace {

constexpr std::size_t kBlock = 256 * 1024;
constexpr std::size_t kLongestHead = 256 * 1024;

}  // namespace

Connection::Connection(Wire wire, std::uint64_t number, Site& site, Record& record)
    : wire_(std::move(wire)), number_(number), site_(site), record_(record), block_(kBlock) {}

void Connection::run() {
  while (auto request = next_request()) {
    request->connection = number_;
    record_.add(*request);
    if (!discard_body(*request)) return;
    switch (send(*request, site_.answer(*request))) {
      case After::goes_on:
        break;
      case After::finished:
        return wire_.finish();
      case After::gone:
        return;
    }
  }
  // What was said last, be it that a client isn't welcome, must not be lost with what it has sent since.
  wire_.cut();
}

std::optional<Request> Connection::next_request() {
  constexpr std::string_view kEmptyLine = "\r\n\r\n";
  std::size_t end = 0;
  while ((end = received_.find(kEmptyLine)) == std::string::npos) {
    if (received_.size() > kLongestHead || !wire_.receive(received_)) return std::nullopt;
  }
  auto request = parse_request(std::string_view(received_).substr(0, end + 2));
  received_.erase(0, end + kEmptyLine.size());
  return request;
}

bool Connection::discard_body(const Request& request) {
  std::uint64_t left = read_number(request.header("Content-Length")).value_or(0);
  if (same_ignoring_case(request.header("Expect"), "100-continue") && !wire_.send("HTTP/1.1 100 Continue\r\n\r\n")) {
    return false;
  }
  while (left > 0) {
    if (received_.empty() && !wire_.receive(received_)) return false;
    const std::size_t used = static_cast<std::size_t>(std::min<std::uint64_t>(left, received_.size()));
    received_.erase(0, used);
    left -= used;
  }
  return true;
}

Connection::After Connection::send(const Request& request, const Reply& reply) {
  if (reply.delay.count() > 0) {
    const auto delay = std::min(reply.delay, kLongestWait);
    if (!wire_.pause_until(std::chrono::steady_clock::now() + delay)) return After::gone;
  }
  if (reply.raw) return wire_.send(*reply.raw) ? After::finished : After::gone;
  if (!send_head(reply)) return After::gone;
  if (!reply.has_body) return reply.close ? After::finished : After::goes_on;
  if (!send_body(request, reply)) return After::gone;
  if (reply.cut_after && *reply.cut_after <= reply.length) {
    end_cut(reply.ending);
    return After::gone;
  }
  if (reply.framing == Framing::chunked && !wire_.send("0\r\n\r\n")) return After::gone;
  return reply.close ? After::finished : After::goes_on;
}

bool Connection::send_head(const Reply& reply) {
  for (const int code : reply.interim) {
    if (!wire_.send("HTTP/1.1 " + std::to_string(code) + " Interim\r\n\r\n")) return false;
  }
  if (reply.padding_headers == 0) return wire_.send(reply.head + "\r\n");
  return wire_.send(reply.head) && send_padding(reply.padding_headers) && wire_.send("\r\n");
}

bool Connection::send_padding(std::uint64_t bytes) {
  constexpr std::size_t kLine = 1024;
  static constexpr std::string_view kName = "X-Padding: ";
  static constexpr std::string_view kEnd = "\r\n";
  while (bytes > 0) {
    const auto line = std::clamp<std::uint64_t>(bytes, kName.size() + kEnd.size(), kLine);
    std::string text(kName);
    text.resize(line - kEnd.size(), 'x');
    if (!wire_.send(text += kEnd)) return false;
    if (bytes != kEndless) bytes -= std::min(bytes, line);
  }
  return true;
}

bool Connection::send_body(const Request& request, const Reply& reply) {
  const std::uint64_t limit = std::min(reply.cut_after.value_or(reply.length), reply.length);
  body_began_ = std::chrono::steady_clock::now();
  body_sent_ = 0;
  if (reply.framing != Framing::chunked) return send_paced(request, reply, 0, limit);
  for (std::uint64_t at = 0; at < limit;) {
    // The size announced is that of the whole chunk: a cut falls into the middle of one.
    const std::uint64_t chunk = std::min<std::uint64_t>(kBlock, reply.length - at);
    const std::uint64_t part = std::min(chunk, limit - at);
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, chunk, 16).ptr;
    const std::string said = reply.chunk_size.value_or(std::string(size, end));
    if (!wire_.send(said + "\r\n") || !send_paced(request, reply, at, part)) return false;
    if (part == chunk && !wire_.send("\r\n")) return false;
    at += part;
  }
  return true;
}

bool Connection::send_paced(const Request& request, const Reply& reply, std::uint64_t from, std::uint64_t bytes) {
  // Twenty pieces a second look even enough; the pace is kept from the beginning of the body, so no error adds up.
  const std::uint64_t piece = reply.rate == 0 ? kBlock : std::clamp<std::uint64_t>(reply.rate / 20, 1, kBlock);
  for (std::uint64_t end = from + bytes; from < end;) {
    const auto size = static_cast<std::size_t>(std::min(piece, end - from));
    if (reply.is_content) {
      fill_content(reply.seed, reply.first + from, std::as_writable_bytes(std::span(block_).first(size)));
    } else {
      std::memcpy(block_.data(), reply.page.data() + from, size);
    }
    if (!wire_.send({block_.data(), size})) return false;
    record_.add_bytes(request.path, size);
    from += size;
    body_sent_ += size;
    if (reply.rate == 0) continue;
    const std::chrono::duration<double> due(static_cast<double>(body_sent_) / static_cast<double>(reply.rate));
    const auto pause = std::chrono::duration_cast<std::chrono::steady_clock::duration>(due);
    if (!wire_.pause_until(body_began_ + pause)) return false;
  }
  return true;
}

void Connection::end_cut(Ending ending) {
  switch (ending) {
    case Ending::fin:
      return wire_.cut();
    case Ending::reset:
      return wire_.reset();
    case Ending::stall:
      wire_.pause_until(std::chrono::steady_clock::now() + kLongestWait);
  }
}

}  // namespace dosvc::origin
