// The first: asks the query service on behalf of one tenant after another, and prints the replies whole.
// Usage: retrieval_agent QUERY_URL
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "service.hpp"

namespace {

retrieval::asio::awaitable<void> run(enlace::client& client, std::string query_url) {
  for (const char* tenant : {"acme", "globex"}) {
    enlace::request asked = enlace::post(query_url);
    asked.data(enlace::object("question", "what is a link?")).tenant(tenant).operation("rag_query");
    const enlace::reply reply = co_await client.call(std::move(asked));
    std::cout << reply.to_json() << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  retrieval::asio::io_context loop;
  enlace::client client(loop.get_executor());
  retrieval::asio::co_spawn(loop, run(client, argv[1]), retrieval::asio::detached);
  loop.run();
}
