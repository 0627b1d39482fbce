// The real transport over real sockets against a server that writes every kind of reply, sound and damaged, in every
// kind of pieces. A sound one is read as what it is; a damaged one is refused or read in a legal way; and the
// connection serves the next request after a cleanly finished answer alone.
//
// One seed is one reply. ENLACE_SEED=N replays one, ENLACE_SEEDS=N runs that many.

#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "integration/malformed_delivery.hpp"
#include "integration/malformed_reply.hpp"
#include "unit/codec/read_answer.hpp"

namespace enlace::test {
namespace {

constexpr std::uint64_t usual_seeds = 150;

std::optional<std::uint64_t> number_in_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

/// Calls `check(seed)` for each, until one has failed.
template <class Check>
void for_each_seed(std::uint64_t usual, Check check) {
  if (const auto only = number_in_environment("ENLACE_SEED")) return check(*only);
  const std::uint64_t count = number_in_environment("ENLACE_SEEDS").value_or(usual);
  for (std::uint64_t seed = 1; seed <= count && !testing::Test::HasFailure(); ++seed) check(seed);
}

std::string described(const made_reply& made) {
  return made.what + ", to " + made.method + ": " + testing::PrintToString(made.wire.substr(0, 2000));
}

bool may_differ(wire_failure failure) {
  return failure == wire_failure::content_encoding || failure == wire_failure::too_large;
}

/// What the transport must have made of a reply, going by what the reader makes of the same bytes.
void expect_as_read(const incoming& got, const answer& read, ending end) {
  if (read.progress == response_reader::progress::done) {
    EXPECT_EQ(got.failure, wire_failure::none) << got.detail;
    EXPECT_EQ(got.status, read.status);
    EXPECT_EQ(got.body, read.body);
    std::vector<std::pair<std::string, std::string>> fields;
    for (const headers::field at : got.headers) fields.emplace_back(at.name, at.value);
    EXPECT_EQ(fields, read.fields);
    return;
  }
  EXPECT_TRUE(got.body.empty());
  EXPECT_TRUE(got.sent);
  if (read.progress == response_reader::progress::need_more) {
    const bool broken = got.failure == wire_failure::reset || got.failure == wire_failure::truncated;
    EXPECT_TRUE(end == ending::resets ? broken : got.failure == wire_failure::timeout) << name_of(got.failure);
  } else if (read.failure == wire_failure::truncated) {
    EXPECT_TRUE(got.failure == wire_failure::truncated || got.failure == wire_failure::reset) << name_of(got.failure);
  } else if (!may_differ(read.failure) || !may_differ(got.failure)) {
    // Of a body that is damaged and too long, either may be seen first.
    EXPECT_EQ(got.failure, read.failure) << got.detail;
  }
}

/// What was promised when the reply was made.
void expect_as_promised(const incoming& got, const made_reply& made) {
  const bool succeeded = got.failure == wire_failure::none;
  if (made.gives == promise::fails) {
    EXPECT_FALSE(succeeded);
  }
  if (made.gives == promise::reads) {
    EXPECT_TRUE(succeeded) << got.detail;
  }
  if (!succeeded || made.gives == promise::anything) return;
  EXPECT_EQ(got.status, made.status);
  EXPECT_EQ(got.body, made.body);
}

/// Delivers a reply in one piece, a byte at a time and split at every byte. Each exchange but the first shows whether
/// the one before left a connection behind that was used again.
class every_delivery {
 public:
  every_delivery(lockstep& steps, const made_reply& made)
      : steps_(steps),
        made_(made),
        read_(read_whole(made.wire, {.method = made.method,
                                     .max_head_bytes = lockstep::max_head,
                                     .max_body_bytes = lockstep::max_body,
                                     .then_closes = made.end == ending::closes})) {
    // After an answer that ended well nobody would see it in time.
    if (read_.reusable && made.end == ending::resets) end_ = ending::stays;
    clean_ = read_.reusable && end_ == ending::stays;
  }

  void run() {
    if (made_.gives != promise::anything) {
      EXPECT_EQ(clean_, made_.clean);
    }
    steps_.next_server();
    if (read_.progress == response_reader::progress::need_more && end_ == ending::stays) {
      deliver(0, std::chrono::milliseconds(20));
      return;
    }
    deliver(0);
    deliver(0);
    deliver(delivery::bytewise);
    const std::size_t step = 1 + made_.wire.size() / 512;
    for (std::size_t split = 1; split < made_.wire.size() && !testing::Test::HasFailure(); split += step)
      deliver(split);
    deliver(0);
  }

 private:
  void deliver(std::size_t split, duration within = std::chrono::seconds(10)) {
    const delivered got =
        steps_.exchange({.wire = made_.wire, .split = split, .end = end_, .method = made_.method, .within = within});
    SCOPED_TRACE("split at " + std::to_string(split));
    expect_as_read(got.in, read_, end_);
    expect_as_promised(got.in, made_);
    EXPECT_EQ(got.same_connection, !first_ && clean_);
    EXPECT_EQ(got.in.reused_connection, got.same_connection);
    first_ = false;
  }

  lockstep& steps_;
  const made_reply& made_;
  answer read_;
  ending end_ = made_.end;
  bool clean_ = false;
  bool first_ = true;
};

TEST(Malformed, AnyReplyInAnyPiecesIsReadInOneWayOrRefused) {
  lockstep steps;
  for_each_seed(usual_seeds, [&steps](std::uint64_t seed) {
    const made_reply made = make_reply(seed);
    SCOPED_TRACE("ENLACE_SEED=" + std::to_string(seed) + ", " + described(made));
    every_delivery(steps, made).run();
  });
}

/// The same through the whole client: its reply has the form of every reply, and says what the transport said.
TEST(Malformed, TheClientMakesAReplyOfEach) {
  settings values;
  values.services["bad"].hosts = {"127.0.0.1"};
  values.services["bad"].breaker.consecutive_failures = 0;
  values.services["bad"].breaker.min_calls = 1'000'000;
  lockstep steps;
  client caller(steps.loop().get_executor(), options::make(std::move(values)).value());
  for_each_seed(6 * usual_seeds, [&](std::uint64_t seed) {
    const made_reply made = make_reply(seed);
    SCOPED_TRACE("ENLACE_SEED=" + std::to_string(seed) + ", " + described(made));
    steps.next_server();
    if (made.what == "head too long") return;                                  // the client's limit is another
    if (made.end == ending::stays && made.gives == promise::anything) return;  // may wait for more
    const duration within = made.what == "cut off" ? std::chrono::milliseconds(50) : std::chrono::milliseconds(10'000);
    const reply got = steps.call(caller, {.wire = made.wire, .end = made.end, .method = made.method, .within = within});
    caller.close_idle();
    EXPECT_TRUE(got.to_json().contains("success"));
    EXPECT_EQ(got.call().attempts, 1);
    if (made.gives == promise::fails) {
      EXPECT_FALSE(got.success());
    }
    if (made.gives == promise::reads) {
      EXPECT_EQ(got.call().status, made.status);
    }
  });
}

}  // namespace
}  // namespace enlace::test
