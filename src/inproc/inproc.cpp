#include <utility>

#include "client/inproc_entry.h"
#include "host/in_process_service.h"

const char* dosvc_inproc_stamp() { return dosvc::kInprocStamp; }

void dosvc_open_in_process(const dosvc::InProcessRequest& request,
                           dosvc::Result<std::unique_ptr<dosvc::JobService>>& answer) {
  dosvc::InProcessOptions options;
  options.state_directory = request.state_directory;
  options.transfers = request.transfers;
  auto opened = dosvc::open_in_process(std::move(options));
  if (!opened) {
    answer = opened.error();
  } else {
    answer = std::unique_ptr<dosvc::JobService>(std::move(opened).take());
  }
}
