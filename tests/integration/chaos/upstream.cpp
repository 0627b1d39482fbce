// An upstream that keeps a ledger: of each request that it executes, one line "ID TENANT" in a file, written before the
// answer. The line is one write() to a file opened for appending, so that no signal can lose what was executed.
// Usage: chaos_upstream --address IP --port N --ledger FILE [--work-ms N]

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <enlace/json.hpp>
#include <enlace/server.hpp>

#include "soak/arguments.hpp"

namespace enlace::test {
namespace {

namespace asio = boost::asio;

class ledger {
 public:
  explicit ledger(const std::string& file)
      : descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw std::runtime_error("can't open " + file);
  }
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;
  ~ledger() { ::close(descriptor_); }

  void executed(std::string_view id, std::string_view tenant) const {
    std::string line(id);
    line.append(" ").append(tenant).append("\n");
    if (::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      throw std::runtime_error("the ledger can't be written");
    }
  }

 private:
  int descriptor_;
};

class ledger_upstream {
 public:
  ledger_upstream(const std::string& file, std::chrono::milliseconds work) : ledger_(file), work_(work) {}

  /// GET or POST /run/ID is executed and noted; GET /item/N, which callers may cache, is answered alone.
  asio::awaitable<void> answer(const server_request& request, responder& out) const {
    const std::string tenant(request.headers().get("X-Tenant-ID").value_or("nobody"));
    const std::string_view path = request.path();
    const std::string last(path.substr(path.rfind('/') + 1));
    if (path.starts_with("/run/")) {
      if (request.method() == "POST" && !names(request.body(), last)) {
        co_await out.send(400, "text/plain", "the body is another request's");
        co_return;
      }
      ledger_.executed(last, tenant);
    }
    if (work_.count() > 0) {
      const bool there = co_await out.wait(work_);
      if (!there) co_return;
    }
    const json::value body = object("id", last, "tenant", tenant);
    co_await out.send_json(200, body);
  }

 private:
  static bool names(const std::string& body, const std::string& id) {
    const result<json::value> read = parse_json(body);
    if (!read || !read->is_object()) return false;
    const json::value* given = read->as_object().if_contains("id");
    return given != nullptr && given->is_string() && given->as_string() == id;
  }

  ledger ledger_;
  std::chrono::milliseconds work_;
};

void serve_with_ledger(const arguments& given) {
  const auto upstream = std::make_shared<ledger_upstream>(given.text("ledger", "ledger"),
                                                          std::chrono::milliseconds(given.number("work-ms", 0)));
  const auto handler = [upstream](const server_request& request, responder& out) {
    return upstream->answer(request, out);
  };
  asio::io_context loop(1);
  http_server server(loop.get_executor(), given.text("address", "127.0.0.1"), given.number<std::uint16_t>("port", 0),
                     handler);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&server](const boost::system::error_code& wrong, int) {
    if (!wrong) server.stop();
  });
  std::cout << server.url() << std::endl;
  loop.run();
}

}  // namespace
}  // namespace enlace::test

int main(int count, char** words) {
  try {
    enlace::test::serve_with_ledger(enlace::test::arguments(count, words));
  } catch (const std::exception& wrong) {
    std::cerr << "chaos_upstream: " << wrong.what() << '\n';
    return 1;
  }
  return 0;
}
