// Whatever an upstream answers becomes a reply that can be written as JSON and read again; an enlace service that hands
// it on as its own answer says the same to its callers. Input: a byte of options, two of the status, the content type
// up to a line feed, the body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>
#include <enlace/exchange.hpp>
#include <enlace/json.hpp>
#include <enlace/reply.hpp>

#include "base/utf8.hpp"
#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "message/envelope.hpp"

namespace {

using namespace enlace;
using test::require;

json::value parsed(std::string_view text) {
  json::parse_options options;
  options.max_depth = 600;  // a body of the deepest kind, and the envelope around it
  boost::system::error_code failed;
  json::value value = json::parse(text, failed, json::storage_ptr(), options);
  require(!failed, "what was written is no JSON", text);
  return value;
}

std::string canonical(const json::value& value) {
  std::string text;
  append_canonical(text, value);
  return text;
}

std::string written(const reply& made) {
  std::string text;
  append_json(text, made.to_json());
  require(is_valid_utf8(text), "an envelope that is no text", text);
  return text;
}

void check_form(const reply& made, const json::object& envelope) {
  require(envelope.at("success").as_bool() == made.success(), "another success");
  require(envelope.at("message").is_string() && envelope.at("metadata").at("call").is_object(), "no envelope");
  require(envelope.contains("data"), "half an envelope");
  if (made.success()) return;  // an `error` is then an extra that the upstream sent
  require(envelope.at("data").is_null(), "a failure with data");
  const json::object& failed = envelope.at("error").as_object();
  require(failed.at("code").is_string() && failed.at("message").is_string() && failed.at("details").is_object(),
          "half an error");
  require(!made.error().message.empty() && !made.error().code_name().empty(), "an error that says nothing");
  if (made.error().retry_after) require(made.error().retry_after->count() >= 0, "a wait below nothing");
}

/// The reply as the answer of a service in between.
void check_handed_on(const reply& made, const std::string& text) {
  if (!parse_json(text)) return;  // deeper than is read
  incoming in;
  in.status = made.success() ? 200 : made.error().status;
  in.headers.add("Content-Type", "application/json");
  in.body = text;
  const reply again = reply_from(std::move(in), "POST");
  require(again.success() == made.success(), "handed on it ends otherwise", text);
  if (made.success()) {
    require(canonical(again.data()) == canonical(made.data()), "handed on it has other data", text);
  } else {
    // Over a code that is not of ours, the status decides.
    require(!made.error().upstream_code.empty() || again.error().code == made.error().code,
            "handed on it is another error", text);
    require(again.error().code_name() == to_valid_utf8(made.error().code_name()), "handed on it has another name",
            text);
    require(again.error().message == to_valid_utf8(made.error().message), "handed on it says something else", text);
  }
  parsed(written(again));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  const unsigned how = input.byte();
  incoming in;
  in.status = 200 + static_cast<int>(input.number(2) % 800);
  const std::string_view type = input.until('\n');
  if ((how & 1U) == 0) in.headers.add("Content-Type", type);
  in.body = input.rest();
  const bool succeeded = in.status <= 299 || in.status == 304;

  const reply made = reply_from(std::move(in), (how & 2U) != 0 ? "HEAD" : "POST");
  require(succeeded || !made.success(), "a success in spite of its status");
  const std::string text = written(made);
  const json::value again = parsed(text);
  require(canonical(again) == canonical(made.to_json()), "written and read it is another", text);
  check_form(made, again.get_object());
  check_handed_on(made, text);

  json::object more;
  more["text"] = type;
  parsed(written(create_error_response(std::string(type), std::move(more), wall_time())));
  return 0;
}
