#include "origin/site.h"

#include "origin/url_script.h"

namespace dosvc::origin {

void Site::serve(const std::string& path, Resource resource) {
  std::lock_guard lock(mutex_);
  resources_.insert_or_assign(path, std::move(resource));
  tallies_.erase(path);
}

void Site::remove(const std::string& path) {
  std::lock_guard lock(mutex_);
  resources_.erase(path);
}

void Site::intercept(std::optional<Behaviour> behaviour) {
  std::lock_guard lock(mutex_);
  intercepting_ = std::move(behaviour);
}

Reply Site::answer(const Request& request) {
  std::lock_guard lock(mutex_);
  if (intercepting_) return plan_reply(request, Resource{}, *intercepting_);
  if (const auto found = resources_.find(request.path); found != resources_.end()) {
    const Tally& tally = count(request.path, request);
    return plan_reply(request, found->second, choose(found->second.rules, request, tally));
  }
  if (request.path.starts_with("/redirect/")) return redirect_in_chain(request);
  if (request.path == "/loop") return plan_reply(request, {}, redirect(302, request.target));
  if (!request.path.starts_with("/bytes/")) return plan_page(request, 404, "Nothing is served under this path.");

  const auto described = resource_of_url(request);
  if (const auto* mistake = std::get_if<std::string>(&described)) return plan_page(request, 400, *mistake);
  const auto& resource = std::get<Resource>(described);
  return plan_reply(request, resource, choose(resource.rules, request, count(request.target, request)));
}

void Site::connection_ended(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  for (auto& [key, tally] : tallies_) tally.open.erase(number);
}

// /redirect/3?to=URL[&status=301] leads to /redirect/2?…, and /redirect/1?… to the URL.
Reply Site::redirect_in_chain(const Request& request) {
  const std::string_view path = request.path;
  const auto left = read_number(path.substr(path.rfind('/') + 1));
  std::string to;
  int code = 302;
  for (const auto& [name, value] : query_parameters(request.query)) {
    if (name == "to") to = value;
    if (name == "status") code = static_cast<int>(read_number(value).value_or(302));
  }
  if (!left || to.empty()) return plan_page(request, 400, "It is /redirect/NUMBER?to=URL.");
  if (*left > 1) to = "/redirect/" + std::to_string(*left - 1) + "?" + request.query;
  return plan_reply(request, {}, redirect(code, to));
}

const Tally& Site::count(const std::string& key, const Request& request) {
  Tally& tally = tallies_[key];
  tally.count(request);
  return tally;
}

}  // namespace dosvc::origin
