// What Delivery Optimization adds to a job ("IDeliveryOptimizationJob interface", "IDeliveryOptimizationJob2
// interface").

#include "api/file.h"
#include "api/job_object.h"
#include "api/variants.h"
#include "core/names.h"

namespace dosvc {
namespace {

Result<NewFile> new_file(LPCWSTR file_id, LPCWSTR remote_url, DWORD count, const BG_FILE_RANGE* ranges) {
  NewFile file;
  file.file_id = DO_TRY(in_string(file_id));
  file.remote_name = DO_TRY(in_string(remote_url));
  file.ranges = DO_TRY(in_ranges(count, ranges));
  return file;
}

}  // namespace

// A size of 0 is what callers leave out: it is learnt from the server as an unknown one.
HRESULT JobObject::AddFileWithRanges(LPCWSTR file_id, LPCWSTR remote_url, LPCWSTR local_name, DWORD count,
                                     BG_FILE_RANGE ranges[], ULONG64 file_size) {
  return on_.edge([&]() -> Result<void> {
    NewFile file = DO_TRY(new_file(file_id, remote_url, count, ranges));
    file.local_name = DO_TRY(in_string(local_name));
    if (file_size != 0 && file_size != DO_UNKNOWN_FILE_SIZE) file.size = file_size;
    DO_TRY(check_new_file(file));
    DO_TRY(on_.add_files({std::move(file)}));
    return {};
  });
}

HRESULT JobObject::AddFile(LPCWSTR file_id, LPCWSTR remote_url, DWORD count, BG_FILE_RANGE ranges[], REFIID riid,
                           void** file) {
  return on_.edge([&]() -> Result<HRESULT> {
    if (!file) return failed_with(E_INVALIDARG);
    *file = nullptr;
    NewFile added = DO_TRY(new_file(file_id, remote_url, count, ranges));
    if (riid != IID_IDeliveryOptimizationFile) return failed_with(E_NOINTERFACE);
    const auto found = on_.job()->file(DO_TRY(on_.add_files({std::move(added)})));
    if (!found) return failed_with(E_UNEXPECTED, "the file that was added is not there");
    return make_file(on_, found)->QueryInterface(riid, file);
  });
}

HRESULT JobObject::GetProperty(DOJobPropertyId id, VARIANT* value) {
  return on_.read(value, [&](const JobSnapshot& job) -> Result<VARIANT> {
    if (id != DOJobPropertyId_ExtendedErrorInfo) return failed_with(DO_E_UNKNOWN_PROPERTY_ID);
    const JobError* shown = shown_error(job.job);
    if (!shown) return failed_with(E_NOT_SET, "the job has no error now");
    return text_variant(shown->error.message);
  });
}

HRESULT JobObject::SetProperty(DOJobPropertyId id, const VARIANT*) {
  return on_.edge([&]() -> Result<void> {
    return failed_with(id == DOJobPropertyId_ExtendedErrorInfo ? DO_E_READ_ONLY_PROPERTY : DO_E_UNKNOWN_PROPERTY_ID);
  });
}

}  // namespace dosvc
