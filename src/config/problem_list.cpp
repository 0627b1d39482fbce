#include "config/problem_list.hpp"

#include <map>

#include <enlace/json.hpp>

#include "config/concat.hpp"
#include "message/text.hpp"

namespace enlace {

namespace {

// Past this many nobody reads on, and a file of garbage would make a message of its size.
constexpr std::size_t most_reported = 100;
constexpr std::size_t longest_problem = 500;

}  // namespace

void problem_list::add(std::string_view where, int line, std::string_view what) {
  std::string text(where);
  if (!text.empty()) text += ": ";
  problems_.push_back({line, excerpt(text.append(what), longest_problem)});
}

error problem_list::to_error() const {
  // In the order of the lines, and within a line as they were found.
  std::multimap<int, std::string_view> sorted;
  for (const problem& p : problems_) sorted.emplace(p.line, p.text);
  std::string message;
  json::array list;
  for (const auto& [line, text] : sorted) {
    if (list.size() == most_reported) break;
    if (!message.empty()) message += '\n';
    message += text;
    list.emplace_back(text);
  }
  if (sorted.size() > most_reported) {
    message += concat("\nand ", std::to_string(sorted.size() - most_reported), " more");
  }
  json::object details;
  details["problems"] = std::move(list);
  return {error_code::configuration_error, std::move(message), std::move(details)};
}

}  // namespace enlace
