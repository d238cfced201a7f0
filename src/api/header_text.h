#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dosvc {

// Request headers as programs write them, "Name: value" on each line
// ("IBackgroundCopyJobHttpOptions::SetCustomHeaders", "DODownloadProperty_HttpCustomHeaders"), and as the service keeps
// them. Lines end in CR LF or LF; the last one need not. Empty lines say nothing.
std::vector<std::string> split_headers(std::string_view text);
// Each line ends in CR LF.
std::string joined_headers(const std::vector<std::string>& headers);

}  // namespace dosvc
