// A job's lists of proxies: the first line is that of proxies, the second that of exceptions, the third where it goes.

#include <string>

#include "fuzz/input.h"
#include "transport/proxy_list.h"

using namespace dosvc;

namespace {

// "scheme://host:port" and nothing else: another reader of it must not find a name, a password or a path.
void must_be_a_proxy(const std::string& proxy) {
  const auto mark = proxy.find("://");
  must(mark != proxy.npos, "it has a scheme");
  const auto place = parse_url("http" + proxy.substr(mark));
  must(place.ok(), "the rest of it is a place");
  must(place->port.has_value(), "it has a port");
  must(place->user_info.empty() && place->query.empty() && place->path == "/", "and nothing else");
  must(!proxy.ends_with('/'), "not even a path");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const auto list = input.line(), bypass = input.line();
  const auto told = parse_url(input.line());
  const Url address = told ? *told : *parse_url("https://user:password@www.example.com:8443/path");

  if (const auto proxies = listed_proxies(list, address)) {
    must(!proxies->empty() || list.find('=') != list.npos, "a list that names schemes may have none for this one");
    for (const std::string& proxy : *proxies) must_be_a_proxy(proxy);
    const auto twice = listed_proxies(std::string(list) + ";" + std::string(list), address);
    must(twice.ok() && twice->size() == 2 * proxies->size(), "the same again is as good");
  } else {
    must(proxies.error().code == BG_E_INVALID_PROXY_INFO, "a list that can't be used is refused as such");
    must(proxies.error().message.find('@') == std::string::npos, "what may be a password isn't shown");
    must(proxies.error().message.size() < 400, "a refusal repeats little of it");
  }

  const bool passed = is_bypassed(bypass, address);
  must(!passed || is_bypassed("other.example;" + std::string(bypass), address), "one more exception takes none away");
  const std::string host = address.host.find(':') == address.host.npos ? address.host : '[' + address.host + ']';
  must(is_bypassed(std::string(bypass) + " " + host, address), "a host is an exception by its name");
  must(is_bypassed(std::string(bypass) + ";*", address), "and all are by an asterisk");
  return 0;
}
