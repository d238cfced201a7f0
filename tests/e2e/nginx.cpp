#include "e2e/nginx.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/unique_fd.h"

namespace dosvc {

namespace fs = std::filesystem;

namespace {

// Starts a program that ends with us. `sockets` become its descriptors 3, 4 …
pid_t start(const std::vector<std::string>& command, const std::string& output,
            const std::vector<std::string>& environment, const std::vector<int>& sockets) {
  const auto pointers = [](const std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
    list.push_back(nullptr);
    return list;
  };
  const auto arguments = pointers(command);
  const auto variables = pointers(environment);
  const pid_t child = ::fork();
  if (child != 0) return child;
  constexpr int kFirstFree = 100;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  // Out of the way first: a socket may have the number of another's new place.
  for (std::size_t i = 0; i < sockets.size(); ++i) ::dup2(sockets[i], kFirstFree + static_cast<int>(i));
  for (std::size_t i = 0; i < sockets.size(); ++i) ::dup2(kFirstFree + static_cast<int>(i), 3 + static_cast<int>(i));
  ::close_range(3 + static_cast<unsigned>(sockets.size()), ~0U, 0);
  ::execvpe(arguments[0], arguments.data(), variables.data());
  ::_exit(127);
}

struct Listener {
  UniqueFd socket;
  int port = 0;
};

Listener listen_anywhere() {
  Listener listener;
  listener.socket = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* where = reinterpret_cast<sockaddr*>(&address);
  const int fd = listener.socket.get();
  if (::bind(fd, where, length) != 0 || ::listen(fd, SOMAXCONN) != 0 || ::getsockname(fd, where, &length) != 0) {
    std::abort();
  }
  listener.port = ntohs(address.sin_port);
  return listener;
}

std::string find_nginx() {
  const char* chosen = std::getenv("DOSVC_NGINX");
  return chosen && *chosen ? chosen : "/usr/sbin/nginx";
}

}  // namespace

bool make_certificate(const std::string& certificate_file, const std::string& key_file) {
  const pid_t openssl = start({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                               "-nodes", "-keyout", key_file, "-out", certificate_file, "-days", "30", "-subj",
                               "/CN=dosvc test", "-addext", "subjectAltName=IP:127.0.0.1"},
                              "/dev/null", {"PATH=/usr/bin:/bin:/usr/local/bin"}, {});
  int status = 0;
  return openssl > 0 && ::waitpid(openssl, &status, 0) == openssl && status == 0;
}

Nginx::Nginx(const std::string& folder) : folder_(folder) {
  const std::string program = find_nginx();
  if (::access(program.c_str(), X_OK) != 0) {
    error_ = "there is no nginx at " + program + ": set DOSVC_NGINX";
    return;
  }
  if (!make_certificate(ca_file(), folder_ + "/key.pem")) {
    error_ = "openssl made no certificate";
    return;
  }
  fs::create_directory(documents());
  const Listener plain = listen_anywhere();
  const Listener tls = listen_anywhere();
  port_ = plain.port;
  tls_port_ = tls.port;
  const std::string errors = folder_ + "/errors";
  pid_ = start({program, "-p", folder_, "-e", errors, "-c", write_configuration()}, errors, {"NGINX=3;4;"},
               {plain.socket.get(), tls.socket.get()});
  if (pid_ < 0) error_ = "nginx can't be started";
}

std::string Nginx::write_configuration() const {
  const std::string file = folder_ + "/nginx.conf";
  const std::string address = "127.0.0.1:";
  std::ofstream out(file);
  // Our folder is for nobody else: a worker of root must stay root. (Without a master nginx can't inherit sockets.)
  if (::geteuid() == 0) out << "user root;\n";
  out << "daemon off; worker_processes 1; pid " << folder_ << "/pid;\n"
      << "events { worker_connections 512; }\n"
      << "http {\n"
      << "  default_type application/octet-stream; sendfile on;\n"
      << "  log_format plain '$request_method $server_protocol $status $http_range $uri';\n"
      << "  log_format connection '$scheme $connection';\n"
      << "  access_log " << folder_ << "/access plain; access_log " << folder_ << "/connections connection;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    out << "  " << kind << "_temp_path " << folder_ << "/" << kind << ";\n";
  }
  const std::string slow =
      "    location /slow/ { alias " + documents() + "/; limit_rate_after 24m; limit_rate 64k; }\n";
  out << "  root " << documents() << ";\n"
      << "  server {\n"
      << "    listen " << address << port_ << ";\n"
      << slow << "    location /echo/ { alias " << documents() << "/; add_header X-Answer $http_x_ask; }\n"
      << "  }\n"
      << "  server {\n"
      << "    listen " << address << tls_port_ << " ssl http2;\n"
      << "    ssl_certificate " << ca_file() << "; ssl_certificate_key " << folder_ << "/key.pem;\n"
      << slow << "  }\n"
      << "}\n";
  return file;
}

std::vector<std::string> Nginx::stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  std::vector<std::string> lines;
  std::ifstream in(folder_ + "/access");
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t Nginx::tls_connections() const {
  std::set<std::string> connections;
  std::ifstream in(folder_ + "/connections");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("https ")) connections.insert(line);
  }
  return connections.size();
}

}  // namespace dosvc
