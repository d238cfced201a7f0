// Whose jobs may run: with the policy that jobs wait for their owners' log-on, only those of users who are there.

#include "engine/engine_core.h"

#include <utility>

namespace dosvc {

void Engine::set_presence(Presence presence) {
  on_loop<void>([](const Result<void>&) {},
                [this, presence = std::move(presence)](const Reply<void>& done) {
                  presence_ = presence;
                  follow_presence();
                  done({});
                });
}

void Engine::follow_presence() {
  for (const JobId& id : queue_.use(options_.settings.run_when_logged_off ? Presence{} : presence_)) {
    JobRecord& job = *jobs_.at(id);
    job.progress_at = awake_now();  // neither is waiting for its owner a lack of progress
    if (job.moves()) (void)apply(job, JobEvent::slot_lost);
    commits_.show(id);
  }
  pump_later();
}

}  // namespace dosvc
