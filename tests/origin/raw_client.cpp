#include "origin/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace dosvc::origin {

std::string Answer::header(std::string_view name) const {
  Request carrier;
  carrier.headers = headers;
  return carrier.header(name);
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval longest{20, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    end_ = Answer::End::reset;
  }
}

void RawClient::send(const std::string& bytes) { ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }

Answer RawClient::get(const std::string& target, const std::vector<std::string>& lines, const std::string& method) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const std::string& line : lines) text += line + "\r\n";
  send(text + "\r\n");
  Answer answer;
  do {
    read_headers(answer);
    if (answer.status >= 100 && answer.status < 200) answer.interim.push_back(answer.status);
  } while (answer.status >= 100 && answer.status < 200);
  if (answer.status == 0) {
    answer.end = end_;
    return answer;
  }
  const auto length = read_number(answer.header("Content-Length"));
  if (method == "HEAD" || answer.status == 204 || answer.status == 304) {
    answer.end = end_;
  } else if (answer.header("Transfer-Encoding") == "chunked") {
    read_chunks(answer);
  } else {
    answer.body = read(length.value_or(SIZE_MAX));
  }
  answer.end = end_;
  return answer;
}

std::string RawClient::read(std::size_t bytes) {
  while (received_.size() < bytes && fill_more()) {
  }
  std::string out = received_.substr(0, bytes);
  received_.erase(0, out.size());
  return out;
}

bool RawClient::is_silent() const {
  char byte = 0;
  return received_.empty() && ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

Answer::End RawClient::wait_for_end() {
  while (fill_more()) received_.clear();
  return end_;
}

bool RawClient::fill_more() {
  if (end_ != Answer::End::complete) return false;
  std::array<char, 65536> block;
  const ssize_t got = ::recv(socket_.get(), block.data(), block.size(), 0);
  if (got > 0) {
    received_.append(block.data(), static_cast<std::size_t>(got));
    return true;
  }
  end_ = got == 0 ? Answer::End::fin : errno == ECONNRESET ? Answer::End::reset : Answer::End::silent;
  return false;
}

bool RawClient::read_line(std::string& line) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!fill_more()) return false;
  }
  line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return true;
}

void RawClient::read_headers(Answer& answer) {
  answer.status = 0;
  answer.headers.clear();
  if (!read_line(answer.status_line)) {
    answer.status_line = received_;
    return;
  }
  if (!answer.status_line.starts_with("HTTP/1.1 ")) return;
  for (std::string line; read_line(line);) {
    if (line.empty()) {
      answer.status = std::stoi(answer.status_line.substr(9, 3));
      return;
    }
    const auto colon = line.find(": ");
    answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}

void RawClient::read_chunks(Answer& answer) {
  for (std::string line; read_line(line);) {
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size, 16);
    answer.body += read(size);
    if (!read_line(line) || size == 0) return;
  }
}

}  // namespace dosvc::origin
