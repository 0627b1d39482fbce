#include "message/stream_error.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <enlace/json.hpp>

#include "message/text.hpp"
#include "message/upstream_error.hpp"

namespace enlace {
namespace {

constexpr std::size_t shown_of_event = 4096;

/// An `error` that says something.
bool says_error(const json::value* value) {
  if (value == nullptr) return false;
  const json::string* text = value->if_string();
  return value->is_object() || (text != nullptr && !text->empty());
}

bool is_type(const json::object& document, std::string_view type) {
  const json::value* said = document.if_contains("type");
  const json::string* text = said == nullptr ? nullptr : said->if_string();
  return text != nullptr && std::string_view(*text) == type;
}

/// What a document says the failure is; nothing where it reports none. `named`: it is one by its event's type.
std::optional<json::value> failure_in(json::object& document, bool named, bool failed_response) {
  json::value* own = document.if_contains("error");
  if (says_error(own)) return std::move(*own);
  json::value* response = document.if_contains("response");
  if (failed_response && response != nullptr && response->is_object()) {
    json::value* inner = response->get_object().if_contains("error");
    if (says_error(inner)) return std::move(*inner);
  }
  if (!named && !failed_response) return std::nullopt;
  if (failed_response) return json::value(json::object());
  // The Responses API has code and message in the event itself.
  document.stable_erase("error");
  if (is_type(document, "error")) document.stable_erase("type");
  return json::value(std::move(document));
}

error made_of(json::value&& said) {
  json::object ours;
  ours["error"] = "error_event";
  std::string message = "The upstream reported a failure within its stream";
  if (const json::object* object = said.if_object()) {
    if (std::string found = message_in(*object); !found.empty()) message = std::move(found);
    if (const std::string code = code_of_error(*object); !code.empty()) ours["upstream_code"] = code;
  }
  error made = error_from_envelope(std::move(said), error_code::external_api_error);
  if (made.message.empty()) made.message = std::move(message);
  lay_over(made.details, std::move(ours));
  return made;
}

}  // namespace

std::optional<error> error_in(const stream_event& event) {
  const bool named = event.type == "error";
  const bool failed_response = event.type == "response.failed";
  if (!named && !failed_response && event.data.find("\"error\"") == std::string_view::npos) return std::nullopt;
  result<json::value> parsed = event.value();
  json::object* document = parsed ? parsed->if_object() : nullptr;
  if (document != nullptr) {
    std::optional<json::value> said =
        failure_in(*document, named, failed_response || is_type(*document, "response.failed"));
    if (!said) return std::nullopt;
    return made_of(std::move(*said));
  }
  if (!named && !failed_response) return std::nullopt;
  if (parsed && (parsed->is_string() || parsed->is_null())) return made_of(std::move(*parsed));
  return made_of(json::value(excerpt(event.data, shown_of_event)));
}

}  // namespace enlace
