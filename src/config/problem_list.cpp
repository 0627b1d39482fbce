#include "config/problem_list.hpp"

#include <algorithm>

#include <enlace/json.hpp>

namespace enlace {

namespace {

// Past this many nobody reads on, and a file of garbage would make a message of its size.
constexpr std::size_t most_reported = 100;

}  // namespace

void problem_list::add(std::string_view where, int line, std::string_view what) {
  std::string text(where);
  if (!text.empty()) text += ": ";
  problems_.push_back({line, text.append(what)});
}

error problem_list::to_error() const {
  std::vector<problem> sorted = problems_;
  std::ranges::stable_sort(sorted, {}, &problem::line);
  std::string message;
  json::array list;
  for (const problem& p : sorted) {
    if (list.size() == most_reported) break;
    if (!message.empty()) message += '\n';
    message += p.text;
    list.emplace_back(p.text);
  }
  if (sorted.size() > most_reported) {
    message += "\nand " + std::to_string(sorted.size() - most_reported) + " more";
  }
  json::object details;
  details["problems"] = std::move(list);
  return {error_code::configuration_error, std::move(message), std::move(details)};
}

}  // namespace enlace
