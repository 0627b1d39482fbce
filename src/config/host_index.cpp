#include "config/host_index.hpp"

#include "config/concat.hpp"
#include "config/host_entry.hpp"

namespace enlace {

std::map<std::string, std::string, std::less<>> services_by_host(draft& whole) {
  std::map<std::string, std::string, std::less<>> index;
  for (const auto& [name, service] : whole.values.services) {
    const table_path table = service_table(name);
    if (service.hosts.empty()) {
      // Not an error of the name alone: a service may be called as one likes when its hosts are told.
      if (!host_key(name)) whole.problems.add({}, 0, concat(table.text(), ": has no hosts, and its name is not one"));
    }
    const std::vector<std::string> hosts = service.hosts.empty() ? std::vector<std::string>{name} : service.hosts;
    for (const std::string& host : hosts) {
      const value_or_fault<std::string> key = host_key(host);
      if (!key) continue;
      const auto [at, is_new] = index.emplace(*key, name);
      if (!is_new && at->second != name) {
        whole.refuse(table, "hosts", concat("'", host, "' is a host of ", service_table(at->second).text(), " too"));
      }
    }
  }
  return index;
}

}  // namespace enlace
