#include "base/loop_thread.h"

#include "base/thread.h"

namespace dosvc {

Result<std::unique_ptr<LoopThread>> LoopThread::create(std::string name) {
  auto loop = DO_TRY(SdEventLoop::create());
  auto self = std::unique_ptr<LoopThread>(new LoopThread(std::move(loop)));

  auto running = std::make_shared<std::promise<void>>();
  auto started = running->get_future();
  self->loop_->post([running] { running->set_value(); });
  self->thread_ = start_thread(name, [loop = self->loop_.get()] { loop->run(); });
  if (!self->thread_.joinable()) {
    return Error{E_OUTOFMEMORY, ErrorContext::none,
                 "the thread \"" + name + "\" can't be started: the system's limit on threads is reached"};
  }
  started.wait();
  return self;
}

LoopThread::~LoopThread() {
  if (!thread_.joinable()) return;
  loop_->stop();
  thread_.join();
}

}  // namespace dosvc
