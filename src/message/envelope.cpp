#include "message/envelope.hpp"

#include <optional>
#include <utility>

#include <boost/json/parse.hpp>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "message/content_type.hpp"
#include "message/envelope_fields.hpp"
#include "message/problem.hpp"
#include "message/status_text.hpp"
#include "message/text.hpp"
#include "message/upstream_error.hpp"

namespace enlace {
namespace {

constexpr std::size_t shown_of_error = 4096;
constexpr std::size_t shown_of_bad_json = 1024;

/// JSON is UTF-8 (RFC 8259, 8.1), whatever the charset parameter says; but a body that is not, from a server that says
/// Latin-1, is read as that.
result<json::value> parse_body(std::string_view body, const content_type& type) {
  result<json::value> parsed = parse_json(without_bom(body));
  if (parsed || type.text_charset() != content_type::charset::latin1 || is_valid_utf8(body)) return parsed;
  return parse_json(utf8_from_latin1(body));
}

/// The text that the bytes are in their charset; nothing where they are not.
std::optional<json::string> decoded(std::string_view bytes, content_type::charset from) {
  using enum content_type::charset;
  const std::string_view after_bom = without_bom(bytes);
  if (from == none || from == utf8 || after_bom.size() != bytes.size()) {
    if (is_valid_utf8(after_bom)) return json::string(after_bom);
  }
  if (from == latin1) return json::string(utf8_from_latin1(bytes));
  if (from == ascii && is_ascii(bytes)) return json::string(bytes);
  return std::nullopt;
}

json::value text_or_base64(const incoming& in, const content_type& type) {
  json::object data;
  if (type.is_text() || !type.given()) {
    if (std::optional<json::string> text = decoded(in.body, type.text_charset())) {
      data["text"] = std::move(*text);
      return data;
    }
  }
  data["base64"] = base64_encode(in.body);
  // RFC 9110, 8.3: what may be assumed of bytes of no stated type.
  data["content_type"] = to_valid_utf8(in.headers.get("Content-Type").value_or("application/octet-stream"));
  return data;
}

/// What of an error's body helps whoever reads it; nothing for a binary one.
std::optional<std::string> readable_body(std::string_view body, const content_type& type, std::size_t limit) {
  body = without_bom(body);
  if (body.empty()) return std::nullopt;
  const std::string_view start = body.substr(0, limit);
  if (start.find('\0') != std::string_view::npos) return std::nullopt;
  if (type.text_charset() == content_type::charset::latin1) return excerpt(utf8_from_latin1(start), limit);
  // The cut may fall into a character of at most four bytes.
  const std::size_t valid = valid_utf8_prefix(start);
  const bool is_utf8 = valid == start.size() || (start.size() < body.size() && valid + 4 > start.size());
  if (!is_utf8 && !type.is_json() && !type.is_text()) return std::nullopt;
  return excerpt(body, limit);
}

std::string default_message(int status) {
  std::string text = "HTTP " + std::to_string(status);
  const std::string_view reason = reason_phrase(status);
  if (!reason.empty()) text.append(" ").append(reason);
  return text.append(" from the upstream");
}

/// A failure that an envelope reports. `otherwise` is the code for one that is not in our table.
reply failure_of(envelope_fields&& fields, error_code otherwise, std::string_view unsaid) {
  error failed = error_from_envelope(std::move(fields.error), otherwise);
  const bool has_message = fields.message && !fields.message->empty();
  if (failed.message.empty()) failed.message = has_message ? *fields.message : unsaid;
  if (!fields.data.is_null()) failed.details.emplace("data", std::move(fields.data));
  reply made(std::move(failed));
  if (has_message && *fields.message != made.error().message) made.message(std::move(*fields.message));
  fields.hand_over(made);
  return made;
}

reply failed_at_success(envelope_fields&& fields) {
  json::object ours;
  if (const json::object* said = fields.error.if_object()) {
    if (std::string code = code_of_error(*said); !code.empty()) ours["upstream_code"] = std::move(code);
  }
  reply made = failure_of(std::move(fields), error_code::external_api_error, "The upstream reported a failure");
  lay_over(made.error().details, std::move(ours));
  return made;
}

reply success_of(envelope_fields&& fields) {
  reply made;
  if (fields.message) made.message(std::move(*fields.message));
  made.data() = std::move(fields.data);
  if (made.data().is_null() && !fields.extras.empty()) made.data() = fields.extras;
  // A success has no `error` of its own, so an upstream's is one more extra.
  if (!fields.error.is_null()) fields.extras["error"] = std::move(fields.error);
  fields.hand_over(made);
  return made;
}

reply reply_from_json(json::value&& value) {
  json::object* object = value.if_object();
  const envelope_shape shape = object == nullptr ? envelope_shape::none : shape_of(*object);
  if (shape == envelope_shape::failure) return failed_at_success(envelope_fields(std::move(*object)));
  if (shape != envelope_shape::none) return success_of(envelope_fields(std::move(*object)));
  reply made;
  made.data() = std::move(value);
  return made;
}

reply unusable_json(const incoming& in, const content_type& type, const error& why) {
  error failed(error_code::external_api_error, "The upstream announced JSON but sent something else: " + why.message);
  failed.retryable = true;
  failed.details["error"] = "invalid_json";
  failed.details["status"] = in.status;
  if (const json::value* offset = why.details.if_contains("offset")) failed.details["offset"] = *offset;
  if (auto body = readable_body(in.body, type, shown_of_bad_json)) failed.details["body"] = std::move(*body);
  return reply(std::move(failed));
}

reply from_success(const incoming& in, std::string_view method) {
  const bool has_no_body = method == "HEAD" || in.status == 204 || in.status == 205 || in.status == 304;
  if (has_no_body || in.body.empty()) return reply();
  const content_type type(in.headers.get("Content-Type"));
  if (type.is_json() || !type.given()) {
    result<json::value> parsed = parse_body(in.body, type);
    if (parsed) return reply_from_json(std::move(*parsed));
    if (type.given()) return unusable_json(in, type, parsed.error());
  }
  reply made;
  made.data() = text_or_base64(in, type);
  return made;
}

/// The failure that a status other than 2xx and 304 is, with what its body says taken over.
reply from_failure(const incoming& in) {
  const content_type type(in.headers.get("Content-Type"));
  json::object ours;
  ours["status"] = in.status;
  if (auto body = readable_body(in.body, type, shown_of_error)) ours["body"] = std::move(*body);

  json::object document;
  if (!in.body.empty() && (type.is_json() || !type.given())) {
    result<json::value> parsed = parse_body(in.body, type);
    if (parsed && parsed->is_object()) document = std::move(parsed->get_object());
  }
  const envelope_shape shape = shape_of(document);
  if (shape == envelope_shape::success) document.clear();  // it contradicts its status, which wins
  if (std::string code = code_in(document); !code.empty()) ours["upstream_code"] = std::move(code);
  if (type.is_problem() && !document.empty()) ours["problem"] = problem_members(document);

  const error_code code = error_code_for_status(in.status);
  std::string said = message_in(document);
  if (said.empty()) said = default_message(in.status);
  const json::value* object = document.if_contains("error");
  const auto retry_after =
      object != nullptr && object->is_object() ? retry_after_in(object->get_object()) : std::nullopt;
  reply made = shape == envelope_shape::failure ? failure_of(envelope_fields(std::move(document)), code, said)
                                                : reply(error(code, std::move(said)));
  error& failed = made.error();
  failed.retry_after = retry_after;
  failed.retryable = status_is_retryable(in.status);
  lay_over(failed.details, std::move(ours));
  return made;
}

}  // namespace

reply reply_from(incoming&& in, std::string_view method) {
  const bool succeeded = (in.status >= 200 && in.status <= 299) || in.status == 304;
  reply made = succeeded ? from_success(in, method) : from_failure(in);
  made.call().status = in.status;
  made.headers() = std::move(in.headers);
  return made;
}

reply create_error_response(std::string message, json::object details, wall_time now) {
  return create_error_response(message, error(error_code::communication_error, message, std::move(details)), now);
}

reply create_error_response(std::string message, error why, wall_time now) {
  if (why.timestamp == wall_time()) why.timestamp = now;
  reply made(std::move(why));
  made.message(std::move(message));
  return made;
}

}  // namespace enlace
