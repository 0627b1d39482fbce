#include <arpa/inet.h>

#include <map>
#include <string>
#include <variant>

#include "config/concat.hpp"
#include "config/draft.hpp"
#include "config/duration_text.hpp"
#include "config/option_check.hpp"
#include "message/host.hpp"

namespace enlace {

namespace {

/// What a program set was not read from a text, so it has not been checked yet.
void check_values(draft& whole) {
  for (const table_path& table : tables_of(whole.values)) {
    for (const option_row& row : options_of(table.kind)) {
      const option_value value = option_at(whole.values, table, row);
      if (std::holds_alternative<std::monostate>(value)) continue;
      if (whole.origins.contains(table.of(row.name))) continue;
      // A default need not be checked; an empty list or text is one.
      if (value == default_of(table.kind, row)) continue;
      if (const std::string problem = check_option(row, value); !problem.empty()) {
        whole.refuse(table, row.name, problem);
      }
    }
  }
}

void check_not_less(draft& whole, const table_path& table, std::string_view name, duration value,
                    std::string_view other_name, duration other) {
  if (value >= other) return;
  // Told at the one that was set.
  const bool other_is_set = !whole.origins.contains(table.of(name)) && whole.origins.contains(table.of(other_name));
  const std::string what =
      concat(name, " (", format_duration(value), ") is less than ", other_name, " (", format_duration(other), ")");
  whole.refuse(table, other_is_set ? other_name : name, what);
}

bool is_address(const std::string& text) {
  in6_addr ignored{};
  return text == "localhost" || text.starts_with("unix:") || ::inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

void check_admin(draft& whole) {
  const admin_settings& admin = whole.values.admin;
  const table_path table{table_kind::admin, {}, {}};
  // An empty file or variable where a secret should be must not open the endpoint.
  if (admin.token.empty() && whole.origins.contains(table.of("token"))) {
    whole.refuse(table, "token", "must not be empty; leave it out where none is wanted");
  }
  if (!is_address(admin.address)) {
    whole.refuse(table, "address", concat("'", admin.address, "' is neither an IP address nor localhost"));
  } else if (admin.port != 0 && admin.token.empty() && !is_loopback(admin.address)) {
    whole.refuse(table, "address",
                 concat("'", admin.address, "' is not the loopback: set a token too, or listen on 127.0.0.1"));
  }
}

}  // namespace

void check_draft(draft& whole) {
  check_values(whole);
  check_admin(whole);
  for (const auto& [name, service] : whole.values.services) {
    const table_path table = service_table(name);
    check_not_less(whole, table, "breaker.max_cool_down", service.breaker.max_cool_down, "breaker.cool_down",
                   service.breaker.cool_down);
    check_not_less(whole, table, "retry.cap", service.retry.cap, "retry.base", service.retry.base);
  }
}

}  // namespace enlace
