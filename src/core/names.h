#pragma once

#include "base/result.h"
#include "core/job_service.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace dosvc {

inline constexpr std::size_t kMaxDisplayName = 256;   // characters ("IBackgroundCopyManager::CreateJob")
inline constexpr std::size_t kMaxDescription = 1024;  // characters ("IBackgroundCopyJob::SetDescription")

inline constexpr std::size_t kMaxFileId = 1024;  // characters; the pages name no limit

// An http or https URL of at most 2,200 characters: E_INVALIDARG otherwise.
Result<void> check_remote_name(std::string_view url);

// An absolute path in UTF-8 (the bus and JSON carry nothing else) with a file name at its end: E_INVALIDARG otherwise,
// and the message begins with `what`.
Result<void> check_local_name(std::string_view path, std::string_view what);

// What a program says of the size of a remote file: E_INVALIDARG when no file is so large.
Result<void> check_size(std::uint64_t size);

// One line of the form "Name: value", or "Name:", without control characters: E_INVALIDARG otherwise.
Result<void> check_header(std::string_view line);

// Whether a request header of this name is the transport's own: it says where the request ends, which part of the file
// is wanted or what becomes of the connection, and a program's would only break it.
bool is_reserved_header(std::string_view name);

// The argument rules of AddFile that need no look at the disk: an http or https URL of at most 2,200 characters; an
// absolute local path in UTF-8 (the bus and JSON carry nothing else) with a file name at its end, no component ".." (a
// symbolic link before it would make it another folder than the one that was meant), no control characters, every
// component within NAME_MAX and the whole, its temporary name too, within PATH_MAX; ranges as check_ranges() wants
// them; sha256 empty or 64 hex digits. E_INVALIDARG otherwise, and the message says which.
Result<void> check_new_file(const NewFile& file);
// The same, but the local name may be empty: it is told later.
Result<void> check_new_or_nameless_file(const NewFile& file);

// The argument rules of CreateJob, and of the properties that a new job can have from the beginning, as
// check_arguments() has them.
Result<void> check_new_job(const NewJob& job);

// BG_E_STRING_TOO_LONG above the limit, counted in code points; E_INVALIDARG when it isn't UTF-8.
Result<void> check_text(std::string_view utf8, std::size_t max_characters, std::string_view what);

// The hidden name under which a file is downloaded, in the directory of its final name, so that Complete is a rename
// and never a copy: ".<name>.<16 hex digits of random>.part", the name cut to fit NAME_MAX.
std::string temp_name_for(std::string_view local_name, std::uint64_t random);

// A safe file name for what a URL or a server suggests: the last segment, percent-decoded, without directories (of
// either kind of slash), control characters, bytes that aren't UTF-8, leading dots that hide it, and with at most 255
// bytes; `fallback` when nothing is left.
std::string safe_file_name(std::string_view suggestion, std::string_view fallback = "download");
std::string file_name_from_url(std::string_view url);
// The filename of a Content-Disposition (RFC 6266, filename* first), made safe; empty when it has none.
std::string file_name_from_disposition(std::string_view header);

}  // namespace dosvc
