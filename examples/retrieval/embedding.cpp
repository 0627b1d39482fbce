// The last of the three: text to numbers.
#include "service.hpp"

namespace {

retrieval::asio::awaitable<void> embed(const enlace::server_request& request, enlace::responder& out) {
  const enlace::result<enlace::json::value> asked = enlace::parse_json(request.body());
  const bool usable = asked.has_value() && asked->is_object() && asked->get_object().contains("text");
  if (!usable) {
    const enlace::error bad(enlace::error_code::validation_error, "the body must be {\"text\": \"...\"}");
    co_await out.send_error(bad);
    co_return;
  }
  const enlace::json::string& text = asked->get_object().at("text").as_string();
  const double length = static_cast<double>(text.size());
  const enlace::json::object body = enlace::object("embedding", enlace::array(length, length / 2));
  co_await out.send_json(200, body);
}

}  // namespace

int main() {
  retrieval::asio::io_context loop;
  retrieval::serve(loop, embed);
}
