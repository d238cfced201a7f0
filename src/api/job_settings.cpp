// The properties of a job that have a number ("BITS_JOB_PROPERTY_ID enumeration"). Those that the pages of Delivery
// Optimization call not supported work in its view too.

#include "api/job_object.h"

#include <limits>

namespace dosvc {
namespace {

Error unknown_property() { return failed_with(BG_E_UNKNOWN_PROPERTY_ID, "a job has no property of that number"); }

Result<AuthTarget> in_target(BG_AUTH_TARGET target) {
  if (target == BG_AUTH_TARGET_PROXY) return AuthTarget::proxy;
  return failed_with(BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, "stored credentials are for the proxy only");
}

Result<JobChange> to_change(BITS_JOB_PROPERTY_ID id, const BITS_JOB_PROPERTY_VALUE& value) {
  const auto flag = [&] { return value.Enable != FALSE; };
  switch (id) {
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
      return JobChange{.cost_flags = value.Dword};
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
      return JobChange{.notify_class = to_uuid(value.ClsID)};
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
      return JobChange{.dynamic_content = flag()};
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
      return JobChange{.high_performance = flag()};
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
      return JobChange{.maximum_size = value.Uint64};
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
      return JobChange{.stored_credentials = DO_TRY(in_target(value.Target))};
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
      return JobChange{.notify_interval = std::chrono::milliseconds(value.Dword)};
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
      return JobChange{.on_demand = flag()};
  }
  return unknown_property();
}

// A property that was never set shows what goes without it: any cost, any size.
Result<BITS_JOB_PROPERTY_VALUE> to_value(BITS_JOB_PROPERTY_ID id, const Job& job) {
  BITS_JOB_PROPERTY_VALUE value;
  value.ClsID = GUID_NULL;  // the largest member: nothing else shows through
  switch (id) {
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
      value.Dword = job.cost_flags != 0 ? job.cost_flags : BITS_JOB_TRANSFER_POLICY_ALWAYS;
      return value;
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
      value.ClsID = to_guid(job.notify_class);
      return value;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
      value.Enable = job.dynamic_content ? TRUE : FALSE;
      return value;
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
      value.Enable = job.high_performance ? TRUE : FALSE;
      return value;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
      value.Uint64 = job.maximum_size.value_or(std::numeric_limits<UINT64>::max());
      return value;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
      value.Target = job.stored_proxy_credentials ? BG_AUTH_TARGET_PROXY : BG_AUTH_TARGET{};
      return value;
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
      value.Dword = static_cast<DWORD>(job.notify_interval.count());
      return value;
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
      value.Enable = job.on_demand ? TRUE : FALSE;
      return value;
  }
  return unknown_property();
}

}  // namespace

HRESULT JobObject::SetProperty(BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value) {
  return on_.edge([&]() -> Result<void> { return on_.change(DO_TRY(to_change(id, value))); });
}

HRESULT JobObject::GetProperty(BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE* value) {
  return on_.read(value, [&](const JobSnapshot& job) { return to_value(id, job.job); });
}

}  // namespace dosvc
