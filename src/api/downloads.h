#pragma once

#include "api/service.h"

#include <dosvc/do_download.h>

#include <memory>

namespace dosvc {

// "IDOManager::CreateDownload"
Result<com_ptr<IDODownload>> create_download(const std::shared_ptr<Session>& session);

// The caller's own, all (NULL) or those of a category ("IDOManager::EnumDownloads"). E_INVALIDARG: a property that they
// can't be asked for by. DO_E_NO_DOWNLOADS: there are none.
Result<com_ptr<IEnumUnknown>> find_downloads(const std::shared_ptr<Session>& session,
                                             const DO_DOWNLOAD_ENUM_CATEGORY* category);

}  // namespace dosvc
