#include "fakes/fake_transport.h"

#include <algorithm>
#include <utility>

#include "fakes/fake_host.h"

namespace dosvc {

Failure FakeTransport::broken() {
  return Failure{Error{HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), ErrorContext::transport,
                       "the connection broke in the middle"},
                 FailureClass::transient, 0, std::nullopt, FailureKind::connection};
}

Failure FakeTransport::refused() {
  return Failure{Error{HRESULT_FROM_WIN32(ERROR_WINHTTP_CANNOT_CONNECT), ErrorContext::transport,
                       "the server refused the connection"},
                 FailureClass::transient, 0, std::nullopt, FailureKind::connection};
}

// ---- one fetch

FakeFetch::FakeFetch(FakeTransport& origin, FetchRequest request, FetchEvents& events)
    : origin_(origin), request_(std::move(request)), events_(&events) {}

void FakeFetch::answer() { answer(origin_.head_for(request_, behaviour_)); }

void FakeFetch::answer(ResponseHead head) {
  if (!is_open()) return;
  Judgement judgement = judge(request_.asked, head, fake_wall_time(origin_.loop_));
  if (auto* take = std::get_if<TakeBody>(&judgement)) {
    take_ = *take;
    end_ = request_.into_offset;
    events_->on_answer(&*take_, head);
    return;
  }
  events_->on_answer(nullptr, head);
  if (auto* anew = std::get_if<StartAnew>(&judgement)) {
    done(std::move(*anew));
  } else {
    done(std::get<Failure>(std::move(judgement)));
  }
}

void FakeFetch::bytes(std::uint64_t count) {
  const std::string& content = origin_.content_of(request_.url);
  const auto from = std::min<std::uint64_t>(remote_end(), content.size());
  const std::string copy = content.substr(from, count);
  bytes(std::string_view(copy));
}

void FakeFetch::bytes(std::string_view body) {
  if (!is_open() || !take_) return;
  if (take_->end) body = body.substr(0, *take_->end - std::min(*take_->end, remote_end()));
  if (request_.until) body = body.substr(0, *request_.until - std::min<std::uint64_t>(*request_.until, end_));
  if (Result<void> written = request_.into->write(end_, std::as_bytes(std::span(body))); !written) {
    done(local_failure(written.error()));
    return;
  }
  end_ += body.size();
  body_sent_ += body.size();
  if (!body.empty()) events_->on_progress(end_);
}

void FakeFetch::finish() {
  if (take_ && take_->end && remote_end() < *take_->end) {
    fail(FakeTransport::broken());
  } else {
    done(BodyTaken{end_});
  }
}

void FakeFetch::fail(Failure failure) { done(std::move(failure)); }

void FakeFetch::done(FetchEnd end) {
  if (FetchEvents* events = std::exchange(events_, nullptr)) events->on_done(std::move(end));
}

void FakeFetch::step() {
  const auto self = shared_from_this();  // an event may drop the Fetch
  if (!is_open() || behaviour_.by_hand || behaviour_.never_answer) return;
  if (behaviour_.fail) return fail(*behaviour_.fail);
  if (!take_) {
    answer();
  } else {
    std::uint64_t size = origin_.content_of(request_.url).size();
    if (take_->end) size = std::min(size, *take_->end);
    std::uint64_t count = std::min(origin_.chunk_, size - std::min(size, remote_end()));
    for (const auto& limit : {behaviour_.cut_after, behaviour_.stall_after}) {
      if (limit) count = std::min(count, *limit - std::min(*limit, body_sent_));
    }
    bytes(count);
    if (!is_open()) return;
    if (request_.until && end_ >= *request_.until) return done(BodyTaken{end_});
    if (behaviour_.stall_after && body_sent_ >= *behaviour_.stall_after) return;
    if (behaviour_.cut_after && body_sent_ >= *behaviour_.cut_after) return fail(FakeTransport::broken());
    if (remote_end() >= size) return finish();
  }
  if (!is_open()) return;
  next_ = origin_.loop_.after(body_sent_ == 0 ? Clock::duration{} : origin_.pace_, [this] { step(); });
}

// ---- the network

Fetch FakeTransport::start(FetchRequest request, FetchEvents& events) {
  requests_.push_back({request.url, request.asked, request.http, request.into_offset, request.trusted});
  std::shared_ptr<FakeFetch> fetch(new FakeFetch(*this, std::move(request), events));
  fetch->behaviour_ = behaviour_for(fetch->request().url);
  fetch->next_ = loop_.after({}, [raw = fetch.get()] { raw->step(); });
  open_.erase(std::remove_if(open_.begin(), open_.end(), [](const auto& weak) { return weak.expired(); }), open_.end());
  open_.push_back(fetch);
  most_open_ = std::max(most_open_, open().size());
  return Fetch([fetch] {
    fetch->events_ = nullptr;
    fetch->next_.reset();
  });
}

void FakeTransport::serve(const std::string& url, std::string content, Validator validator) {
  served_[url] = Served{std::move(content), std::move(validator)};
}

void FakeTransport::next(const std::string& url, FakeBehaviour behaviour) {
  next_[url].push_back(std::move(behaviour));
}

void FakeTransport::always(const std::string& url, FakeBehaviour behaviour) { always_[url] = std::move(behaviour); }

void FakeTransport::behave(const std::string& url) {
  next_.erase(url);
  always_.erase(url);
}

std::vector<std::shared_ptr<FakeFetch>> FakeTransport::open() const {
  std::vector<std::shared_ptr<FakeFetch>> still;
  for (const auto& weak : open_) {
    if (auto fetch = weak.lock(); fetch && fetch->is_open()) still.push_back(std::move(fetch));
  }
  return still;
}

std::shared_ptr<FakeFetch> FakeTransport::open(const std::string& url) const {
  const auto all = open();
  const auto found =
      std::find_if(all.rbegin(), all.rend(), [&](const auto& fetch) { return fetch->request().url == url; });
  return found == all.rend() ? nullptr : *found;
}

FakeBehaviour FakeTransport::behaviour_for(const std::string& url) {
  if (auto queue = next_.find(url); queue != next_.end() && !queue->second.empty()) {
    FakeBehaviour behaviour = std::move(queue->second.front());
    queue->second.pop_front();
    return behaviour;
  }
  const auto fixed = always_.find(url);
  return fixed == always_.end() ? FakeBehaviour{} : fixed->second;
}

const std::string& FakeTransport::content_of(const std::string& url) const {
  static const std::string kNothing;
  const auto found = served_.find(url);
  return found == served_.end() ? kNothing : found->second.content;
}

ResponseHead FakeTransport::head_for(const FetchRequest& request, const FakeBehaviour& behaviour) const {
  ResponseHead head;
  head.effective_url = request.url;
  head.status = 404;
  if (const auto found = served_.find(request.url); found != served_.end()) {
    const Served& served = found->second;
    const std::uint64_t size = served.content.size();
    const std::uint64_t offset = request.asked.offset;
    const bool ranged = request.asked.part || offset > 0;
    const std::uint64_t end = std::min(size, request.asked.end.value_or(size));
    const std::string_view if_range = if_range_of(request.asked);
    const bool same =
        if_range.empty() || if_range == served.validator.etag || if_range == served.validator.last_modified;
    head.etag = served.validator.etag;
    head.last_modified = served.validator.last_modified;
    if (!ranged || behaviour.ignore_range || !same) {
      head.status = 200;
      head.content_length = size;
    } else if (offset >= size) {
      head.status = 416;
      head.content_range = "bytes */" + std::to_string(size);
    } else {
      head.status = 206;
      head.content_length = end - offset;
      head.content_range =
          "bytes " + std::to_string(offset) + "-" + std::to_string(end - 1) + "/" + std::to_string(size);
    }
  }
  if (behaviour.status != 0) head.status = behaviour.status;
  if (behaviour.alter) behaviour.alter(head);
  return head;
}

}  // namespace dosvc
