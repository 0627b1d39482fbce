#include "answers.hpp"

#include <enlace/json.hpp>

namespace enlace::simulation {

using testing::answer;
using testing::received;
using testing::world;

answer serve(world& in, const received& what) {
  random_source own(in.seed() + what.call * 31 + static_cast<std::uint64_t>(what.at.time_since_epoch().count()));
  const time_point now = in.time().now();
  const std::string tenant(what.tenant());
  answer usual(200, "{\"tenant\":\"" + tenant + "\",\"at\":" + std::to_string(now.time_since_epoch().count()) + "}");
  switch (own.below(24)) {
    case 0:
      return answer(404);
    case 1:
      return answer(429);
    case 2:
      return answer(400, R"({"success":false,"message":"no","error":{"code":"E1"}})");
    case 3:
      return answer(307).with("Location", "/elsewhere");
    case 4:
      return answer(200, R"({"success":false,"message":"no","error":"upstream says no"})");
    case 5:
      return answer(200, "not json");
    case 6:
      return answer(501);
    case 7:
      return answer(502);
    case 8:
      return usual.with("Cache-Control", "no-store");
    default:
      return usual;
  }
}

void check_answer(world& in, const testing::started_call& ended, const std::map<std::string, time_point>& invalidated) {
  const reply& got = *ended.answer;
  const std::string who = "call " + std::to_string(ended.id);
  if (!got.success() || !got.data().is_object()) return;
  const json::value* tenant = got.data().as_object().if_contains("tenant");
  if (tenant == nullptr) return;
  if (tenant->as_string() != ended.tenant) {
    in.violated("tenants apart",
                who + " of '" + ended.tenant + "' got the answer of '" + tenant->as_string().c_str() + "'");
  }
  const time_point made{duration(got.data().at("at").to_number<duration::rep>())};
  const auto dropped = invalidated.find(ended.tenant);
  if (dropped != invalidated.end() && ended.began > dropped->second && made < dropped->second) {
    in.violated("invalidation", who + " got an answer from before its tenant's answers were dropped");
  }
  if (got.call().cached == cache_use::fresh && got.call().age > longest_lifetime) {
    in.violated("lifetime", who + " got an answer past its end as a fresh one");
  }
  if (got.call().cached == cache_use::none && made < ended.began) {
    in.violated("one reply", who + " got an answer from before it was made, and not from the cache");
  }
}

}  // namespace enlace::simulation
