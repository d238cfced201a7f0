#include "files/errno_errors.h"

#include <errno.h>
#include <string.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "base/text.h"

namespace dosvc {
namespace {

struct Row {
  int number;
  HRESULT code;
  std::string_view why_and_what_to_do;
};

constexpr std::string_view kNoRight =
    "the job's owner has no right to do so; change the permissions or choose another folder";
constexpr std::string_view kNoFolder = "its folder doesn't exist; create the folder or choose another";
constexpr std::string_view kDiskGone = "the disk isn't there any more; attach it again";
constexpr std::string_view kInUse = "it is in use; close the program that uses it";
constexpr std::string_view kTooManyFiles = "too many files are open; close some, or raise the limit (ulimit -n)";

constexpr Row kRows[] = {
    {ENOSPC, HRESULT_FROM_WIN32(ERROR_DISK_FULL), "the disk is full; free some space"},
    {EDQUOT, HRESULT_FROM_WIN32(ERROR_DISK_FULL),
     "the disk quota is used up; free some space or have the quota raised"},
    {EACCES, E_ACCESSDENIED, kNoRight},
    {EPERM, E_ACCESSDENIED, kNoRight},
    {EROFS, E_ACCESSDENIED, "the filesystem is read-only; make it writable or choose another folder"},
    {ENOENT, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), kNoFolder},
    {ENOTDIR, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), kNoFolder},
    {ELOOP, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "its folder's symbolic links lead nowhere; mend them"},
    {ENAMETOOLONG, E_INVALIDARG, "the name is too long for this filesystem; choose a shorter one"},
    {EINVAL, E_INVALIDARG, "the filesystem doesn't allow such a name; choose another"},
    {EISDIR, HRESULT_FROM_WIN32(ERROR_DIRECTORY), "a folder has this name; move it away or choose another name"},
    {ENOTEMPTY, HRESULT_FROM_WIN32(ERROR_DIRECTORY), "a folder has this name; move it away or choose another name"},
    {EEXIST, HRESULT_FROM_WIN32(ERROR_FILE_EXISTS), "something has this name already; move it away"},
    {EXDEV, HRESULT_FROM_WIN32(ERROR_NOT_SAME_DEVICE),
     "it would have to move to another filesystem; choose another folder"},
    {EIO, HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), "the disk reports an error; check the disk"},
    {ENODEV, HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), kDiskGone},
    {ENXIO, HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), kDiskGone},
    {ESTALE, HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), kDiskGone},
    {EFBIG, HRESULT_FROM_WIN32(ERROR_FILE_TOO_LARGE),
     "it is larger than the filesystem or the limit of this process (ulimit -f) allows; raise the limit or choose "
     "another folder"},
    {EMFILE, HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES), kTooManyFiles},
    {ENFILE, HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES), kTooManyFiles},
    {ENOMEM, E_OUTOFMEMORY, "the system has no memory left; close some programs"},
    {EBUSY, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), kInUse},
    {EWOULDBLOCK, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), kInUse},
    {ETXTBSY, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), kInUse},
};

}  // namespace

Error file_error(int number, std::string_view path, std::string_view done) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.number == number; });
  if (row != std::end(kRows)) return file_error(row->code, path, done, row->why_and_what_to_do);
  const char* text = strerrordesc_np(number);
  return file_error(E_FAIL, path, done, text ? text : "error " + std::to_string(number));
}

Error file_error(HRESULT code, std::string_view path, std::string_view done, std::string_view why_and_what_to_do) {
  std::string message = "\"" + escaped(path) + "\" can't be ";
  message.append(done).append(": ").append(why_and_what_to_do);
  return Error{code, ErrorContext::local_file, std::move(message)};
}

}  // namespace dosvc
