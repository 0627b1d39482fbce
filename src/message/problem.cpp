#include "message/problem.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace enlace {

json::object problem_members(json::object document) {
  for (const std::string_view name : {"type", "title", "detail", "instance"}) {
    const json::value* member = document.if_contains(name);
    if (member != nullptr && !member->is_string()) document.stable_erase(name);
  }
  const json::value* status = document.if_contains("status");
  if (status != nullptr && !status->is_number()) document.stable_erase("status");
  return document;
}

}  // namespace enlace
