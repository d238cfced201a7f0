#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace dosvc {

// A real nginx on 127.0.0.1, plain and TLS, with everything it needs in one folder. It is given its listening sockets,
// so that no port is guessed and clients may connect at once.
//   /…        the files of documents()
//   /slow/…   the same, after 24 MiB of each answer at 64 KiB a second
//   /echo/…   the same, with the request's header X-Ask sent back as X-Answer
class Nginx {
 public:
  // `folder` is there and empty.
  explicit Nginx(const std::string& folder);
  ~Nginx() { stop(); }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  // Why it doesn't run; empty when it does.
  const std::string& error() const { return error_; }

  std::string documents() const { return folder_ + "/documents"; }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  std::string tls_url(const std::string& path) const { return "https://127.0.0.1:" + std::to_string(tls_port_) + path; }
  std::string ca_file() const { return folder_ + "/certificate.pem"; }

  // Ends it and waits for its end. What it has logged: "GET HTTP/1.1 206 bytes=5- /path".
  std::vector<std::string> stop();
  // How many connections of TLS have brought requests; after stop().
  std::size_t tls_connections() const;

 private:
  std::string write_configuration() const;

  std::string folder_;
  std::string error_;
  int port_ = 0;
  int tls_port_ = 0;
  pid_t pid_ = -1;
};

// A certificate for 127.0.0.1 that vouches for itself, made by the openssl program. False when that fails.
bool make_certificate(const std::string& certificate_file, const std::string& key_file);

}  // namespace dosvc
