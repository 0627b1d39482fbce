// The middle: turns the question into an embedding, then looks up the tenant's passages.
// Usage: retrieval_query EMBEDDING_URL
#include "service.hpp"

namespace {

class query {
 public:
  query(enlace::client& client, std::string embedding_url)
      : client_(client), embedding_url_(std::move(embedding_url)) {}

  retrieval::asio::awaitable<void> answer(const enlace::server_request& request, enlace::responder& out) {
    const std::string tenant(request.headers().get("X-Tenant-ID").value_or("nobody"));
    enlace::reply found = co_await client_.call(enlace::post(embedding_url_)
                                                    .data(enlace::object("text", "what is a link?"))
                                                    .operation("embedding")
                                                    .use_cache());
    if (found.success()) {
      found.data() = enlace::object("passages", enlace::array("a passage of " + tenant), "embedding", found.data());
    }
    co_await retrieval::answer_with(found, out);
  }

 private:
  enlace::client& client_;
  std::string embedding_url_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  retrieval::asio::io_context loop;
  enlace::client client(loop.get_executor());
  query service(client, argv[1]);
  retrieval::serve(loop, [&service](const enlace::server_request& request, enlace::responder& out) {
    return service.answer(request, out);
  });
}
