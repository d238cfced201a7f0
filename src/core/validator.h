#pragma once

#include <string>
#include <string_view>

namespace dosvc {

// What tells one version of a remote file from another: the ETag and Last-Modified of the answer that brought its
// first byte, verbatim (RFC 9110, section 8.8). The size is compared beside it; the file keeps that.
struct Validator {
  std::string etag;
  std::string last_modified;

  bool empty() const { return etag.empty() && last_modified.empty(); }
  bool has_strong_etag() const { return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"'; }
  // The value for If-Range: a strong ETag, else the date; empty when neither may be used for it.
  std::string_view for_if_range() const {
    return has_strong_etag() ? std::string_view(etag) : std::string_view(last_modified);
  }
  // Whether an answer that carries `other` surely speaks of another version.
  bool contradicts(const Validator& other) const {
    if (has_strong_etag() && other.has_strong_etag()) return etag != other.etag;
    if (!etag.empty() && !other.etag.empty() && opaque_tag() != other.opaque_tag()) return true;
    return !last_modified.empty() && !other.last_modified.empty() && last_modified != other.last_modified;
  }
  // Whether an answer that carries `other` surely speaks of the same version, byte for byte. A server may leave either
  // or both of them out of a 206. Two weak ETags can only tell that it is another one.
  bool same_version(const Validator& other) const {
    if (contradicts(other)) return false;
    if (has_strong_etag() && other.has_strong_etag()) return true;
    if (!last_modified.empty() && !other.last_modified.empty()) return true;
    return !empty() && other.empty();
  }

  friend bool operator==(const Validator&, const Validator&) = default;

 private:
  std::string_view opaque_tag() const {
    const std::string_view tag = etag;
    return tag.starts_with("W/") ? tag.substr(2) : tag;
  }
};

}  // namespace dosvc
