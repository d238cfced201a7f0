#include "fakes/fake_transport.h"

#include <algorithm>
#include <utility>

#include "fakes/fake_host.h"

namespace dosvc {

namespace {

constexpr int kPartialContent = 206;

// What of the file a server brings that was asked for a part of it.
ByteRange part_of(const Asked& asked, const FakeBehaviour& behaviour, std::uint64_t size) {
  std::uint64_t end = std::min(size, asked.end.value_or(size));
  std::uint64_t begin = std::min(asked.offset, end);
  const auto most_back = -static_cast<std::int64_t>(begin);
  const auto most_forth = static_cast<std::int64_t>(end - begin) - 1;
  if (most_forth > 0) begin += static_cast<std::uint64_t>(std::clamp(behaviour.shift_range, most_back, most_forth));
  if (end - begin > behaviour.shorten_range) end -= behaviour.shorten_range;
  return {begin, end};
}

}  // namespace

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

Failure FakeTransport::timed_out() {
  return Failure{Error{HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT), ErrorContext::transport, "the server fell silent"},
                 FailureClass::transient, 0, std::nullopt, FailureKind::connection};
}

Failure FakeTransport::too_long() {
  return Failure{
      Error{BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file, "the server sent more than was asked for"},
      FailureClass::fatal, 0, std::nullopt};
}

// ---- one fetch

FakeFetch::FakeFetch(FakeTransport& origin, FetchRequest request, FetchEvents& events)
    : origin_(origin), request_(std::move(request)), events_(&events) {}

void FakeFetch::answer() { answer(origin_.head_for(request_, behaviour_)); }

void FakeFetch::answer(ResponseHead head) {
  if (!is_open()) return;
  content_ = behaviour_.instead ? behaviour_.instead : origin_.content_of(request_.url);
  const std::uint64_t size = content_ ? content_->bytes.size() : 0;
  body_ = head.status == kPartialContent ? part_of(request_.asked, behaviour_, size) : ByteRange{0, size};
  has_length_ = head.content_length.has_value();
  Judgement judgement = judge(request_.asked, head, fake_wall_time(origin_.loop_));
  FakeTransport::Request& noted = origin_.requests_[number_];
  noted.status = head.status;
  noted.taken = std::holds_alternative<TakeBody>(judgement);
  noted.content = content_;
  if (auto* take = std::get_if<TakeBody>(&judgement)) {
    take_ = *take;
    end_ = request_.into_offset + (take->offset - request_.asked.offset);
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
  const FakeContentPtr content = content_ ? content_ : origin_.content_of(request_.url);
  if (!content) return;
  const auto from = std::min<std::uint64_t>(body_.begin + body_sent_, content->bytes.size());
  bytes(std::string_view(content->bytes).substr(from, count));
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
  if (!is_open() || behaviour_.by_hand) return;
  if (behaviour_.never_answer) return fall_silent();
  if (behaviour_.fail) return fail(*behaviour_.fail);
  if (!take_) {
    answer();
  } else {
    step_body();
  }
  if (!is_open() || silent_) return;
  const Clock::duration pace = behaviour_.pace.value_or(origin_.pace_);
  next_ = origin_.loop_.after(body_sent_ == 0 ? Clock::duration{} : pace, [this] { step(); });
}

std::uint64_t FakeFetch::body_left() const {
  const std::uint64_t end = take_->end && has_length_ ? std::min(body_.end, *take_->end) : body_.end;
  return end - std::min(end, body_.begin + body_sent_);
}

void FakeFetch::step_body() {
  std::uint64_t count = std::min(behaviour_.chunk.value_or(origin_.chunk_), body_left());
  for (const auto& limit : {behaviour_.cut_after, behaviour_.stall_after, behaviour_.ends_after}) {
    if (limit) count = std::min(count, *limit - std::min(*limit, body_sent_));
  }
  const bool too_long = take_->end && remote_end() + count > *take_->end;
  bytes(count);
  if (!is_open()) return;
  if (request_.until && end_ >= *request_.until) return done(BodyTaken{end_});
  if (too_long) return fail(FakeTransport::too_long());
  if (behaviour_.stall_after && body_sent_ >= *behaviour_.stall_after) return fall_silent();
  if (behaviour_.cut_after && body_sent_ >= *behaviour_.cut_after) return fail(FakeTransport::broken());
  const bool ends_early = behaviour_.ends_after && body_sent_ >= *behaviour_.ends_after;
  if (ends_early || body_left() == 0) finish();
}

void FakeFetch::fall_silent() {
  silent_ = true;
  next_.reset();
  if (!behaviour_.gives_up_after) return;
  next_ = origin_.loop_.after(*behaviour_.gives_up_after, [this] { fail(FakeTransport::timed_out()); });
}

// ---- the network

Fetch FakeTransport::start(FetchRequest request, FetchEvents& events) {
  Request noted{request.url, request.asked, request.http, request.into_offset, request.trusted};
  noted.at = loop_.now();
  std::shared_ptr<FakeFetch> fetch(new FakeFetch(*this, std::move(request), events));
  fetch->behaviour_ = behaviour_for(fetch->request().url);
  fetch->number_ = requests_.size();
  noted.tag = fetch->behaviour_.tag;
  requests_.push_back(std::move(noted));
  fetch->next_ = loop_.after(fetch->behaviour_.answer_after, [raw = fetch.get()] { raw->step(); });
  open_.erase(std::remove_if(open_.begin(), open_.end(), [](const auto& weak) { return weak.expired(); }), open_.end());
  open_.push_back(fetch);
  most_open_ = std::max(most_open_, open().size());
  return Fetch([fetch] {
    fetch->events_ = nullptr;
    fetch->next_.reset();
  });
}

void FakeTransport::serve(const std::string& url, std::string content, Validator validator) {
  serve(url, std::make_shared<const FakeContent>(FakeContent{std::move(content), std::move(validator)}));
}

void FakeTransport::serve(const std::string& url, FakeContentPtr content) { served_[url] = std::move(content); }

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

FakeContentPtr FakeTransport::content_of(const std::string& url) const {
  const auto found = served_.find(url);
  return found == served_.end() ? nullptr : found->second;
}

ResponseHead FakeTransport::head_for(const FetchRequest& request, const FakeBehaviour& behaviour) const {
  ResponseHead head;
  head.effective_url = request.url;
  head.waited = behaviour.answer_after;
  head.status = 404;
  if (const FakeContentPtr content = behaviour.instead ? behaviour.instead : content_of(request.url)) {
    const Validator& validator = content->validator;
    const std::uint64_t size = content->bytes.size();
    const bool ranged = request.asked.part || request.asked.offset > 0;
    const std::string_view if_range = if_range_of(request.asked);
    const bool same = behaviour.ignore_if_range || if_range.empty() || if_range == validator.etag ||
                      if_range == validator.last_modified;
    head.etag = validator.etag;
    head.last_modified = validator.last_modified;
    if (!ranged || behaviour.ignore_range || !same) {
      head.status = 200;
      head.content_length = size;
    } else if (request.asked.offset >= size) {
      head.status = 416;
      head.content_range = "bytes */" + std::to_string(size);
    } else {
      const ByteRange part = part_of(request.asked, behaviour, size);
      head.status = kPartialContent;
      if (behaviour.terse && !if_range.empty()) head.etag = head.last_modified = {};
      head.content_length = part.length();
      head.content_range =
          "bytes " + std::to_string(part.begin) + "-" + std::to_string(part.end - 1) + "/" + std::to_string(size);
    }
  }
  if (behaviour.status != 0) head.status = behaviour.status;
  if (behaviour.alter) behaviour.alter(head);
  return head;
}

}  // namespace dosvc
