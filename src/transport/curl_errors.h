#pragma once

#include <curl/curl.h>

#include <string>

#include "core/failure.h"

namespace dosvc {

// What is known when libcurl gives up. `detail` and `reached` may be a stranger's words.
struct CurlTrouble {
  CURLcode code = CURLE_OK;
  std::string url;               // as asked for
  std::string reached;           // where redirects led to; empty or the same: none
  std::string proxy;             // that stood on the way, secrets and all; empty: none
  std::string ca_file;           // of trusted certificates; empty: the system's
  std::string detail;            // libcurl's own sentence
  int os_error = 0;              // errno of the connection attempt
  int proxy_status = 0;          // what the proxy answered to CONNECT
  int redirect_status = 0;       // of the last answer, when that was a redirect
  bool connected = false;        // the request could be sent
  bool answering = false;        // header lines had arrived
  bool has_certificate = false;  // of the job's own, for the server
};

// The error as the program sees it, after the table of the converted WinINet codes ("WinHTTP Error Messages"), and
// whether time may mend it. The messages name the URL without its secrets.
Failure failure_of(const CurlTrouble& trouble);

// The job wants no redirect to be followed ("BG_HTTP_REDIRECT_POLICY_DISALLOW"): one of this status came.
bool is_redirect_status(int status);
Failure redirect_refused(int status, const std::string& url, const std::string& location);
// libcurl was built without something that the request needs.
Failure not_possible_here(const std::string& url);
// The body ended before the file did.
Failure cut_short(const std::string& url);
// What came isn't HTTP, or contradicts itself; `what` completes the sentence "URL answered with …".
Failure bad_answer(const std::string& url, const std::string& what);

}  // namespace dosvc
