#include "testing/network.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

namespace enlace::testing {

namespace asio = boost::asio;

namespace {

/// Calls that a client made directly have no number.
std::string name_of_call(std::uint64_t call) { return call == 0 ? "a call" : "call " + std::to_string(call); }

std::string outcome(const exchange_job& job) {
  if (job.failure != wire_failure::none) return std::string(name_of(job.failure));
  std::string text = "HTTP " + std::to_string(job.result.status);
  if (const auto wait = job.result.fields.get("Retry-After")) text.append(", Retry-After ").append(*wait);
  return text;
}

/// Says that the request was not executed: misdirected, redirected, or refused before it was processed.
bool refuses(const answer& what) noexcept {
  return what.status == 307 || what.status == 308 || what.status == 421 || what.status == 429 ||
         (what.status == 503 && what.fields.contains("Retry-After"));
}

/// Whoever waits for a job; it no longer does when its coroutine is gone.
class waiting_caller {
 public:
  waiting_caller(network& on, exchange_job& job, signal& woken) : network_(on), job_(job) {
    job_.caller = &woken;
    network_.caller_waits(1);
  }
  waiting_caller(const waiting_caller&) = delete;
  waiting_caller& operator=(const waiting_caller&) = delete;
  ~waiting_caller() {
    job_.caller = nullptr;
    network_.caller_waits(-1);
  }

 private:
  network& network_;
  exchange_job& job_;
};

void fill(incoming& in, exchange_job& job) {
  in.failure = job.failure;
  in.phase = job.phase;
  in.reused_connection = job.reused_connection;
  if (job.failure != wire_failure::none) return;
  in.status = job.result.status;
  in.ends_with_connection = job.result.ends_with_connection;
  in.headers = job.result.fields;
  in.body = job.request.method == "HEAD" ? std::string() : job.result.body;
}

}  // namespace

received describe_attempt(const outgoing& out, time_point now) {
  received made;
  made.method = out.method;
  made.authority = out.authority;
  made.target = out.target;
  made.fields = *out.fields;
  std::string_view extra = out.extra_fields;
  while (!extra.empty()) {
    const std::string_view line = extra.substr(0, extra.find("\r\n"));
    extra.remove_prefix(line.size() + 2);
    made.fields.add(line.substr(0, line.find(": ")), line.substr(line.find(": ") + 2));
  }
  made.body = out.body;
  made.at = now;
  made.deadline = out.deadline;
  if (const auto id = made.fields.get("X-Simulated-Call")) {
    std::from_chars(id->data(), id->data() + id->size(), made.call);
  }
  return made;
}

exchange_job::exchange_job(network& on, service& to, received what, random_source& random)
    : request(std::move(what)), network_(on), to_(to), how_(to.now_faring()), fate_(draw(how_, random)) {
  cut_at_ = random.uniform();
  half_way_ = std::chrono::duration_cast<duration>(how_.takes.draw(random) * to_.slowness() / 2);
  life_ = to_.life_;
}

exchange_job::~exchange_job() {
  network_.time().remove(*this);
  leave_service();
}

exchange_job::fate exchange_job::draw(const conditions& how, random_source& random) noexcept {
  double at = random.uniform();
  const std::pair<double, fate> shares[] = {
      {how.refused, fate::refused},
      {how.stale, fate::stale},
      {how.lost, fate::lost},
      {how.reset_before, fate::reset_before},
      {how.reset_after, fate::reset_after},
      {how.truncated, fate::truncated},
      {how.malformed, fate::malformed},
      {how.dripping, fate::dripping},
      {how.stalling, fate::stalling},
      {how.hanging, fate::hanging},
      {how.failing, fate::failing},
  };
  for (const auto& [share, befalls] : shares) {
    if (at < share) return befalls;
    at -= share;
  }
  return fate::served;
}

void exchange_job::depart(duration connect_timeout) {
  if (to_.is_cut()) fate_ = fate::lost;
  if (to_.is_down() && fate_ != fate::lost) fate_ = fate::refused;
  duration first = half_way_;
  if (fate_ == fate::refused || fate_ == fate::stale) first = std::min<duration>(first, std::chrono::milliseconds(1));
  if (fate_ == fate::lost) first = connect_timeout;
  sent = fate_ != fate::refused && fate_ != fate::stale && fate_ != fate::lost;
  if (!sent) phase = wire_phase::connect;
  network_.time().add_exactly(*this, network_.time().now() + first);
}

void exchange_job::on_due() noexcept {
  const std::shared_ptr<exchange_job> self = shared_from_this();
  if (stage_ == stage::travelling) {
    arrive();
  } else {
    come_back();
  }
}

void exchange_job::arrive() {
  if (fate_ == fate::refused) return end(wire_failure::refused, wire_phase::connect);
  if (fate_ == fate::lost) return end(wire_failure::connect_timeout, wire_phase::connect);
  if (fate_ == fate::stale) {
    reused_connection = true;
    return end(wire_failure::reset, wire_phase::send);
  }
  if (to_.is_cut()) return vanish();
  if (fate_ == fate::reset_before || life_ != to_.life_) return end(wire_failure::reset, wire_phase::first_byte);
  stage_ = stage::returning;
  duration back = half_way_;
  if (how_.capacity > 0 && to_.busy_ >= how_.capacity) {
    fate_ = fate::served;
    result = answer(how_.overload_status);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(how_.retry_after).count();
    if (seconds > 0) result.with("Retry-After", std::to_string(seconds));
  } else {
    execute();
    if (fate_ == fate::hanging) return vanish();
    if (fate_ == fate::dripping) {
      phase = wire_phase::body;
      back += how_.drip;
    }
  }
  network_.time().add_exactly(*this, network_.time().now() + back);
}

void exchange_job::execute() {
  busy_ = true;
  ++to_.busy_;
  if (to_.answers_) result = to_.answers_(request);
  if (fate_ == fate::failing) result = answer(500);
  request.executed = !refuses(result);
  if (to_.keeps_requests_) to_.requests_.push_back(request);
  if (!request.executed) return;
  ++to_.executed_;
  if (world* told = network_.told()) {
    told->tell(&observer::on_executed, request);
    if (told->keeps_trail()) told->note(to_.authority() + " executes " + name_of_call(request.call));
  }
}

void exchange_job::come_back() {
  if (to_.is_cut()) return vanish();
  if (life_ != to_.life_ || fate_ == fate::reset_after) return end(wire_failure::reset, wire_phase::first_byte);
  if (fate_ == fate::truncated && result.pieces.empty()) return end(wire_failure::truncated, wire_phase::body);
  if (fate_ == fate::malformed) return end(wire_failure::malformed, wire_phase::first_byte);
  end(wire_failure::none, wire_phase::body);
}

std::unique_ptr<timed_body> exchange_job::body() {
  std::vector<body_piece> pieces = result.pieces;
  if (pieces.empty() && !result.body.empty()) pieces.push_back({duration::zero(), result.body});
  if (request.method == "HEAD") pieces.clear();
  body_end ends = body_end::whole;
  if (fate_ == fate::truncated) ends = body_end::broken;
  if (fate_ == fate::stalling && !result.pieces.empty()) ends = body_end::stalled;
  const bool silent = ends == body_end::broken && result.ends_with_connection;
  if (ends != body_end::whole) {
    cut(pieces, static_cast<std::size_t>(cut_at_ * static_cast<double>(bytes_of(pieces))));
  }
  // Whoever died looks like one who is done, where nothing but the end of the connection ends the body.
  if (silent) ends = body_end::whole;
  const auto meanwhile = [self = shared_from_this()] {
    if (self->to_.is_cut()) return body_end::stalled;
    return self->life_ != self->to_.life_ ? body_end::broken : body_end::whole;
  };
  return std::make_unique<timed_body>(network_.time(), std::move(pieces), ends, meanwhile);
}

void exchange_job::end(wire_failure with, wire_phase where) noexcept {
  failure = with;
  phase = where;
  stage_ = stage::over;
  leave_service();
  if (caller != nullptr) caller->fire();
  network_.forget(*this);
}

void exchange_job::vanish() noexcept {
  stage_ = stage::vanished;
  leave_service();
  network_.forget(*this);
}

void exchange_job::leave_service() noexcept {
  if (busy_) --to_.busy_;
  busy_ = false;
}

service& network::at(std::string_view authority) {
  // As requests say it: without the port where that is the usual one.
  const std::string normal = url::parse("http://" + std::string(authority)).value().authority();
  std::unique_ptr<service>& place = services_[normal];
  if (place == nullptr) place = std::make_unique<service>(normal, *time_);
  return *place;
}

service* network::find(std::string_view authority) noexcept {
  const auto found = services_.find(authority);
  return found == services_.end() ? nullptr : found->second.get();
}

std::shared_ptr<exchange_job> network::send(service& to, received what, duration connect_timeout) {
  ++to.attempts_;
  if (world_ != nullptr) {
    world_->tell(&observer::on_attempt, what);
    if (world_->keeps_trail()) {
      world_->note(name_of_call(what.call) + " sends " + what.method + ' ' + to.authority() + what.target);
    }
  }
  // What befalls an attempt depends on its call and its time alone: leaving out other calls leaves it as it is.
  random_source own(seed_ ^ (what.call * 0x9E3779B97F4A7C15U) ^
                    static_cast<std::uint64_t>(what.at.time_since_epoch().count()));
  random_source& random = what.call != 0 ? own : random_;
  auto job = std::make_shared<exchange_job>(*this, to, std::move(what), random);
  jobs_.emplace(job.get(), job);
  job->depart(connect_timeout);
  return job;
}

/// An attempt whose client waits for it, up to its end or to that of its body.
class network_transport::attempt {
 public:
  attempt(std::shared_ptr<network> on, std::shared_ptr<exchange_job> job)
      : network_(std::move(on)), job_(std::move(job)), here_(*network_, *job_, woken_) {}
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;
  ~attempt() {
    if (world* told = network_->told()) told->tell(&observer::on_over, job_->request);
  }

  [[nodiscard]] exchange_job& job() noexcept { return *job_; }
  [[nodiscard]] signal& woken() noexcept { return woken_; }

 private:
  std::shared_ptr<network> network_;
  std::shared_ptr<exchange_job> job_;
  signal woken_;
  waiting_caller here_;
};

asio::awaitable<std::shared_ptr<network_transport::attempt>> network_transport::to_head(const outgoing& out,
                                                                                        incoming& in) {
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  in.clear();
  virtual_clock& time = network_->time();
  service* to = network_->find(out.authority);
  if (to == nullptr) {
    in.failure = wire_failure::dns;
    in.phase = wire_phase::resolve;
    co_return nullptr;
  }
  auto made =
      std::make_shared<attempt>(network_, network_->send(*to, describe_attempt(out, time.now()), out.connect_timeout));
  exchange_job& job = made->job();
  {
    const clock_wait limit(time, made->woken(), out.deadline);
    co_await made->woken().async_wait(asio::deferred);
  }
  in.sent = job.sent;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    in.failure = wire_failure::cancelled;
  } else if (!job.over() || time.now() >= out.deadline) {
    in.failure = wire_failure::timeout;
    in.phase = job.phase;
  } else {
    fill(in, job);
  }
  if (world* told = network_->told()) {
    if (in.failure == wire_failure::none) told->tell(&observer::on_answer, job.request, job.result);
    if (told->keeps_trail()) {
      const bool left = in.failure == wire_failure::cancelled || in.failure == wire_failure::timeout;
      told->note(name_of_call(job.request.call) + " gets " + (left ? std::string(name_of(in.failure)) : outcome(job)));
    }
  }
  co_return made;
}

/// A body on its way to a client, told of piece by piece.
class network_transport::told_body final : public incoming_body {
 public:
  told_body(std::shared_ptr<network> on, std::shared_ptr<attempt> of)
      : network_(std::move(on)), of_(std::move(of)), body_(of_->job().body()) {}

  asio::awaitable<std::string_view> read(incoming& in, time_point deadline) override {
    const std::string_view piece = co_await body_->read(in, deadline);
    world* told = network_->told();
    if (told == nullptr || over_) co_return piece;
    const received& what = of_->job().request;
    if (!piece.empty()) {
      told->tell(&observer::on_piece, what, piece);
      co_return piece;
    }
    over_ = true;
    told->tell(&observer::on_body_end, what, in.failure);
    if (told->keeps_trail() && in.failure != wire_failure::none) {
      told->note(name_of_call(what.call) + " gets no more: " + std::string(name_of(in.failure)));
    }
    co_return piece;
  }

 private:
  std::shared_ptr<network> network_;
  std::shared_ptr<attempt> of_;
  std::unique_ptr<timed_body> body_;
  bool over_ = false;
};

asio::awaitable<void> network_transport::exchange(const outgoing& out, incoming& in) {
  const std::shared_ptr<attempt> made = co_await to_head(out, in);
  if (in.failure != wire_failure::none || made->job().result.pieces.empty()) co_return;
  const std::unique_ptr<timed_body> body = made->job().body();
  std::string whole;
  for (std::string_view piece = co_await body->read(in, out.deadline); !piece.empty();
       piece = co_await body->read(in, out.deadline)) {
    whole.append(piece);
  }
  if (in.failure == wire_failure::none) in.body = std::move(whole);
}

asio::awaitable<std::unique_ptr<incoming_body>> network_transport::open(const outgoing& out, incoming& in) {
  std::shared_ptr<attempt> made = co_await to_head(out, in);
  if (in.failure != wire_failure::none) co_return nullptr;
  in.body.clear();
  std::unique_ptr<incoming_body> body = std::make_unique<told_body>(network_, std::move(made));
  co_return body;
}

}  // namespace enlace::testing
