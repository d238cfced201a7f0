#pragma once

#include "api/job_calls.h"

#include <dosvc/do_download.h>

namespace dosvc {

// The properties of a download, which are one table ("DODownloadProperty enumeration"). Errors are those of
// IDODownload's methods; arguments are looked at before the state that the download is in.
Result<VARIANT> get_download_property(const JobCalls& download, DODownloadProperty id);
Result<void> set_download_property(const JobCalls& download, DODownloadProperty id, const VARIANT& value);

}  // namespace dosvc
