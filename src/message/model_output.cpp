#include <limits>

#include <enlace/model_output.hpp>

namespace enlace {
namespace {

/// No model has seen more tokens than that: it keeps sums within their type.
constexpr std::int64_t most_tokens = std::numeric_limits<std::int64_t>::max() / 4;

const json::object* object_at(const json::object& of, std::string_view name) {
  const json::value* member = of.if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}

std::optional<std::string_view> string_at(const json::object& of, std::string_view name) {
  const json::value* member = of.if_contains(name);
  const json::string* text = member == nullptr ? nullptr : member->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(*text);
}

std::optional<std::int64_t> tokens_at(const json::object& of, std::string_view name) {
  const json::value* member = of.if_contains(name);
  const std::int64_t* count = member == nullptr ? nullptr : member->if_int64();
  if (count == nullptr || *count < 0 || *count > most_tokens) return std::nullopt;
  return *count;
}

/// Appends the text, if there is one, and says whether there is.
bool append(std::string& to, std::optional<std::string_view> text) {
  if (text) to.append(*text);
  return text.has_value();
}

void assign(std::string& to, std::optional<std::string_view> text) {
  if (text && !text->empty()) to.assign(*text);
}

/// Cheaper than the error that the parser would make of what is plainly something else, such as "[DONE]".
bool may_be_object(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

std::string_view model_output::add(const stream_event& event) {
  if (!may_be_object(event.data)) return {};
  const result<json::value> parsed = event.value();
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return {};
  const std::size_t before = text_.size();
  const std::string_view type = string_at(*object, "type").value_or(event.type);
  const bool known =
      type.starts_with("response.") ? add_responses(*object, type) : add_openai(*object) || add_ollama(*object);
  recognised_ = recognised_ || known;
  return std::string_view(text_).substr(before);
}

/// The Responses API: each event says its type.
bool model_output::add_responses(const json::object& event, std::string_view type) {
  if (type == "response.output_text.delta") return append(text_, string_at(event, "delta"));
  const bool completed = type == "response.completed";
  const bool incomplete = type == "response.incomplete";
  const json::object* response = object_at(event, "response");
  if (response == nullptr || !(completed || incomplete || type == "response.created")) return false;
  assign(model_, string_at(*response, "model"));
  take_usage(response->if_contains("usage"), "input_tokens", "output_tokens");
  if (completed) assign(finish_reason_, string_at(*response, "status"));
  if (incomplete) {
    const json::object* details = object_at(*response, "incomplete_details");
    assign(finish_reason_, string_at(details == nullptr ? *response : *details, "reason"));
  }
  done_ = done_ || completed || incomplete;
  return true;
}

/// Chat completion chunks, and the completions before them. The last one may have the usage and no choices.
bool model_output::add_openai(const json::object& event) {
  const json::value* member = event.if_contains("choices");
  const json::array* choices = member == nullptr ? nullptr : member->if_array();
  if (choices == nullptr) return false;
  for (const json::value& one : *choices) {
    const json::object* choice = one.if_object();
    if (choice == nullptr || tokens_at(*choice, "index").value_or(0) != 0) continue;
    const json::object* delta = object_at(*choice, "delta");
    append(text_, delta == nullptr ? string_at(*choice, "text") : string_at(*delta, "content"));
    assign(finish_reason_, string_at(*choice, "finish_reason"));
  }
  assign(model_, string_at(event, "model"));
  take_usage(event.if_contains("usage"), "prompt_tokens", "completion_tokens");
  return true;
}

/// Ollama's generate and chat. The last line has the counts.
bool model_output::add_ollama(const json::object& event) {
  const json::object* message = object_at(event, "message");
  const std::optional<std::string_view> said =
      message == nullptr ? string_at(event, "response") : string_at(*message, "content");
  const json::value* done = event.if_contains("done");
  const bool is_done = done != nullptr && done->is_bool() && done->get_bool();
  const std::optional<std::string_view> reason = string_at(event, "done_reason");
  if (!append(text_, said) && !(is_done && reason)) return false;
  assign(model_, string_at(event, "model"));
  assign(finish_reason_, reason);
  const std::optional<std::int64_t> input = tokens_at(event, "prompt_eval_count");
  const std::optional<std::int64_t> output = tokens_at(event, "eval_count");
  if (input || output) {
    usage_ = token_usage{input.value_or(0), output.value_or(0), input.value_or(0) + output.value_or(0)};
  }
  done_ = done_ || is_done;
  return true;
}

void model_output::take_usage(const json::value* said, std::string_view input, std::string_view output) {
  const json::object* counts = said == nullptr ? nullptr : said->if_object();
  if (counts == nullptr) return;
  const std::optional<std::int64_t> read = tokens_at(*counts, input);
  const std::optional<std::int64_t> written = tokens_at(*counts, output);
  if (!read && !written) return;
  const std::int64_t sum = read.value_or(0) + written.value_or(0);
  usage_ = token_usage{read.value_or(0), written.value_or(0), tokens_at(*counts, "total_tokens").value_or(sum)};
}

json::object model_output::to_json() const {
  json::object made = object("text", text_);
  if (!model_.empty()) made["model"] = model_;
  if (!finish_reason_.empty()) made["finish_reason"] = finish_reason_;
  if (usage_) {
    made["usage"] =
        object("input_tokens", usage_->input, "output_tokens", usage_->output, "total_tokens", usage_->total);
  }
  return made;
}

}  // namespace enlace
