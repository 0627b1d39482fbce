// What a call would go by, and where each value comes from: the file, or the built-in values.
// Usage: 4_configuration_by_service FILE

#include <array>
#include <iostream>
#include <string_view>

#include <enlace/enlace.hpp>

namespace {

void explain(const enlace::options& configuration, const enlace::request& call) {
  static constexpr std::array<std::string_view, 5> wanted{"service", "timeout", "connect_timeout", "idempotent",
                                                          "retry.max_attempts"};
  std::cout << call.url() << " (" << call.operation() << ")\n";
  for (const enlace::explained_value& each : configuration.explain(call).value()) {
    for (const std::string_view name : wanted) {
      if (each.name == name) std::cout << "  " << each.name << " = " << each.value << "   from " << each.origin << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: 4_configuration_by_service FILE\n";
    return 2;
  }
  // [load]
  const enlace::result<enlace::options> loaded = enlace::options::load(argv[1]);
  if (!loaded) {
    std::cerr << loaded.error().message << '\n';  // a line for each problem, with file, line and nearest name
    return 1;
  }
  // [/load]
  explain(*loaded, enlace::post("http://embedding-service:8000/api/generate").operation("embedding"));
  explain(*loaded, enlace::post("http://rag:8000/search").operation("rag_search"));
}
