#include "nginx.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "origin/certificates.h"

namespace dosvc::bench {
namespace {

constexpr int kWorkers = 2;

std::string nginx_program() {
  if (const char* chosen = ::getenv("DOSVC_NGINX"); chosen && *chosen) return chosen;
  return ::access("/usr/sbin/nginx", X_OK) == 0 ? "/usr/sbin/nginx" : "nginx";
}

struct Listener {
  UniqueFd socket;
  unsigned port = 0;
};

Result<Listener> listen_on_free_port(const std::string& at) {
  // nginx leaves an inherited socket as it is, and a worker that another was faster than must not wait in accept().
  Listener listener{UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::inet_addr(at.c_str());
  socklen_t length = sizeof address;
  const auto place = reinterpret_cast<sockaddr*>(&address);
  if (!listener.socket || ::bind(listener.socket.get(), place, length) != 0 ||
      ::listen(listener.socket.get(), 511) != 0 || ::getsockname(listener.socket.get(), place, &length) != 0) {
    return system_failed("listening on " + at);
  }
  listener.port = ::ntohs(address.sin_port);
  return listener;
}

std::string congestion_control_of(const UniqueFd& socket) {
  char name[16] = {};
  socklen_t length = sizeof name - 1;
  ::getsockopt(socket.get(), IPPROTO_TCP, TCP_CONGESTION, name, &length);
  return name;
}

// An authority, and what the server shows, signed by it.
Result<void> make_certificates(const Workspace& workspace, const std::string& address) {
  const origin::Identity authority = origin::issue({.name = "measurements", .is_authority = true});
  if (!authority) return failed("no certificate could be made");
  const origin::Identity server = origin::issue({.name = address, .alternative_names = "IP:" + address}, &authority);
  if (!server) return failed("no certificate could be made");
  DO_TRY(workspace.make_text("ca.pem", origin::pem_of(authority.certificate.get())));
  return workspace.make_text("server.pem", server.pem());
}

std::string configuration(const Workspace& workspace, const std::string& folder, const Nginx::How& how, unsigned port) {
  // Without root nginx can't change its user, and says so when it is asked to.
  const char* user = ::geteuid() == 0 ? "user root;" : "";
  const std::string secrets =
      how.tls ? fmt::format("ssl_certificate {0}; ssl_certificate_key {0};", workspace / "server.pem") : "";
  return fmt::format(R"(daemon off;
{user}
worker_processes {workers};
pid {root}/nginx.pid;
error_log {root}/nginx.error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000;
  default_type application/octet-stream;
  client_body_temp_path {root}/nginx.body;
  proxy_temp_path {root}/nginx.proxy;
  fastcgi_temp_path {root}/nginx.fastcgi;
  uwsgi_temp_path {root}/nginx.uwsgi;
  scgi_temp_path {root}/nginx.scgi;
  server {{
    listen {address}:{port}{tls}{http2};
    {secrets}
    limit_rate {rate};
    root {root}/{folder};
  }}
}}
)",
                     fmt::arg("user", user), fmt::arg("workers", kWorkers), fmt::arg("address", how.address),
                     fmt::arg("port", port), fmt::arg("tls", how.tls ? " ssl" : ""),
                     fmt::arg("http2", how.http2 ? " http2" : ""), fmt::arg("secrets", secrets),
                     fmt::arg("rate", how.rate), fmt::arg("root", workspace.path().string()),
                     fmt::arg("folder", folder));
}

}  // namespace

// The server takes over a socket that listens already: no port can be lost to others, and connections made before it is
// ready wait in the queue.
Result<Nginx> Nginx::start(const Workspace& workspace, const std::string& folder, const How& how) {
  const Listener listener = DO_TRY(listen_on_free_port(how.address));
  if (how.tls) DO_TRY(make_certificates(workspace, how.address));
  DO_TRY(workspace.make_text("nginx.conf", configuration(workspace, folder, how, listener.port)));
  ::setenv("NGINX", fmt::format("{};", listener.socket.get()).c_str(), 1);
  auto server = Companion::start({nginx_program(), "-p", workspace.path().string(), "-c", workspace / "nginx.conf",
                                  "-e", workspace / "nginx.error.log"},
                                 {.inherited = listener.socket.get()}, SIGTERM);
  ::unsetenv("NGINX");
  if (!server) return server.error();
  return Nginx(server.take(), fmt::format("{}://{}:{}", how.tls ? "https" : "http", how.address, listener.port),
               how.tls ? workspace / "ca.pem" : "", congestion_control_of(listener.socket));
}

}  // namespace dosvc::bench
