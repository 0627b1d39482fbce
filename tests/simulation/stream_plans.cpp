#include "stream_plans.hpp"

#include <string>

#include "drawing.hpp"
#include "history.hpp"

namespace enlace::simulation {

using namespace std::chrono_literals;
using testing::started_stream;
using testing::world;

namespace {

struct drawn_stream {
  request asked{"GET", ""};
  testing::stream_reader how;
  std::optional<context> ambient;
  duration ambient_time{};
  duration first_event{};
  /// The operation's own, unless the request says otherwise.
  duration between_events = 60s;
  bool heartbeats = false;
  std::size_t client = 0;
};

void draw_clocks(drawn_stream& made, random_source& random) {
  made.asked.timeout(50ms + milliseconds_below(random, random.below(4) == 0 ? 60'000 : 6'000));
  if (random.below(3) == 0) {
    made.first_event = 10ms + milliseconds_below(random, 1000);
    made.asked.first_event_timeout(made.first_event);
  }
  if (random.below(2) == 0) {
    made.between_events = 10ms + milliseconds_below(random, 1500);
    made.asked.between_events_timeout(made.between_events);
  }
  if (random.below(2) == 0) {
    made.heartbeats = random.below(3) != 0;
    made.asked.heartbeats(made.heartbeats);
  }
}

drawn_stream draw_stream(random_source& random) {
  drawn_stream made;
  const std::string where = "http://" + std::string(service_names[random.below(2)]) + ":80" +
                            stream_targets[random.below(std::size(stream_targets))];
  made.asked = random.below(3) == 0 ? get(where) : post(where).data(object("stream", true));
  draw_clocks(made, random);
  made.asked.max_attempts(static_cast<int>(1 + random.below(4)));
  if (random.below(3) != 0) made.asked.resume();
  if (random.below(4) == 0) made.asked.idempotent();
  if (random.below(3) != 0) made.asked.tenant(some_tenant(random));
  if (random.below(4) == 0) {
    made.ambient = context().tenant(some_tenant(random));
    if (random.below(2) == 0) made.ambient_time = 20ms + milliseconds_below(random, 3000);
  }
  if (random.below(4) == 0) made.how.pause = 1ms + milliseconds_below(random, random.below(3) == 0 ? 2000 : 100);
  if (random.below(6) == 0) made.how.drop_after = 1 + random.below(8);
  made.client = random.below(2);
  return made;
}

}  // namespace

void plan_streams(world& in, const std::shared_ptr<stream_promises>& promises, duration span) {
  random_source& random = in.random();
  const std::uint64_t count = 1 + random.below(8);
  const auto made = std::make_shared<std::vector<std::shared_ptr<started_stream>>>(count);
  const auto spread = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
  for (std::uint64_t i = 0; i < count; ++i) {
    const duration when = milliseconds_below(random, spread);
    const drawn_stream drawn = draw_stream(random);
    in.plan(when, "stream " + std::to_string(i), [&in, promises, made, i, drawn] {
      std::optional<context> ambient = drawn.ambient;
      if (drawn.ambient_time > duration::zero()) ambient->deadline(in.time().now() + drawn.ambient_time);
      promises->about_to_begin(drawn.first_event, drawn.between_events, drawn.heartbeats);
      (*made)[i] = in.start_stream(drawn.asked, drawn.how, std::move(ambient), drawn.client);
    });
    if (random.below(5) == 0) {
      in.plan(when + milliseconds_below(random, 1500), "its reader cancels", [&in, made, i] {
        if ((*made)[i] != nullptr) (*made)[i]->cancel(in.time().now());
      });
    } else if (random.below(12) == 0) {
      in.plan(when + milliseconds_below(random, 1500), "its reader drops it", [made, i] {
        if ((*made)[i] != nullptr) (*made)[i]->drop();
      });
    }
  }
}

}  // namespace enlace::simulation
