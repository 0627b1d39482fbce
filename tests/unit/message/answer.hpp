#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>
#include <enlace/exchange.hpp>
#include <enlace/json.hpp>
#include <enlace/reply.hpp>

#include "message/envelope.hpp"

namespace enlace {

/// What a transport hands over; no content type when it is empty.
inline incoming answer(int status, std::string_view content_type, std::string body) {
  incoming in;
  in.phase = wire_phase::body;
  in.sent = true;
  in.status = status;
  if (!content_type.empty()) in.headers.add("Content-Type", content_type);
  in.body = std::move(body);
  return in;
}

inline reply reply_to(int status, std::string_view content_type, std::string body, std::string_view method = "POST") {
  return reply_from(answer(status, content_type, std::move(body)), method);
}

inline reply json_reply(std::string body, int status = 200) {
  return reply_to(status, "application/json", std::move(body));
}

inline json::value json_of(std::string_view text) { return json::parse(text); }

/// What the next service in a chain makes of a reply that this one serves as its own answer.
inline reply served_on(const reply& own, int status = 200) {
  return json_reply(json::serialize(json::value(own.to_json())), status);
}

}  // namespace enlace
