#include "stream_scripts.hpp"

#include <algorithm>
#include <string_view>

#include "drawing.hpp"

namespace enlace::simulation {

using namespace std::chrono_literals;
using testing::answer;
using testing::received;
using testing::world;

namespace {

constexpr std::size_t too_many_bytes = 256 * 1024;

/// Writes the events of one call, from one of them on.
class script_writer {
 public:
  script_writer(const received& what, random_source of_call) : random_(of_call) {
    script_.tenant = what.tenant();
    target_ = what.target;
    const auto from = what.fields.get("Last-Event-ID");
    first_ = from && !from->empty() ? std::stoi(std::string(*from)) + 1 : 1;
    static constexpr const char* ends[] = {"\n", "\r\n", "\r"};
    line_end_ = ends[random_.below(3)];
    count_ = static_cast<int>(random_.below(13));
    fault_at_ = random_.below(8) == 0 ? 1 + static_cast<int>(random_.below(12)) : 0;
    damage_at_ = random_.below(12) == 0 ? 1 + static_cast<int>(random_.below(12)) : 0;
    too_long_ = damage_at_ != 0 && random_.below(100) == 0;
    script_.until_close = random_.below(6) == 0;
  }

  stream_script write() {
    if (target_.ends_with("/json")) return plain();
    if (target_.ends_with("/bytes")) return bytes();
    const bool lines = target_.ends_with("/ndjson") || target_.ends_with("/ollama");
    script_.format = lines ? stream_format::ndjson : stream_format::sse;
    script_.wants_last_word = target_.ends_with("/openai") || (target_.ends_with("/ollama") && count_ > 1);
    if (lines && line_end_ == "\r") line_end_ = "\n";
    for (int n = 1; n <= count_; ++n) {
      // Drawn for all, so that they are the same for who begins later.
      const std::uint64_t drawn = random_.next();
      if (n >= first_) lines ? line(n) : event(n, drawn);
    }
    if (target_.ends_with("/openai")) last("[DONE]");
    return std::move(script_);
  }

 private:
  stream_script plain() {
    script_.body = text_of(1);
    return std::move(script_);
  }

  stream_script bytes() {
    script_.format = stream_format::bytes;
    for (int n = 0; n < count_; ++n) script_.body += text_of(n);
    return std::move(script_);
  }

  [[nodiscard]] std::string text_of(int n) const {
    return "{\"n\":" + std::to_string(n) + ",\"tenant\":\"" + script_.tenant + "\"}";
  }

  stream_part& close(part_kind kind, std::size_t end) {
    stream_part& made = script_.parts.emplace_back();
    made.kind = kind;
    made.end = end;
    return made;
  }

  /// A line end; of CRLF the CR ends the line.
  std::size_t end_line() {
    script_.body += line_end_;
    return script_.body.size() - (line_end_ == "\r\n" ? 1 : 0);
  }

  void field(std::string_view name, std::string_view value) {
    script_.body.append(name).append(": ").append(value).append(line_end_);
  }

  void event(int n, std::uint64_t drawn) {
    if (drawn % 4 == 0) {
      script_.body += ": here";
      close(part_kind::quiet, end_line()).heartbeat = true;
    }
    if (drawn % 11 == 0) {
      const auto wait = std::chrono::milliseconds(drawn / 11 % 800);
      script_.body.append("retry: ").append(std::to_string(wait.count()));
      close(part_kind::quiet, end_line()).retry = wait;
    }
    const bool ids = target_.ends_with("/sse");
    const bool fault = n == fault_at_;
    const bool damaged = n == damage_at_;
    std::string id = ids && !fault ? std::to_string(n) : "";
    std::string type = ids && drawn % 5 == 0 ? "token" : "message";
    std::string data = text_of(n);
    if (target_.ends_with("/openai")) data = R"({"object":"chat.completion.chunk","n":)" + std::to_string(n) + "}";
    if (fault) data = R"({"error":{"message":"out of memory"}})";
    if (damaged && too_long_) data.assign(random_.below(20) == 0 ? 10 << 20 : too_many_bytes + 10, 'x');
    if (!id.empty()) field("id", id);
    if (type != "message") field("event", type);
    field("data", data);
    if (damaged && !too_long_ && !fault) {
      field("data", "\xC3(");
      data += "\n\xEF\xBF\xBD(";
    }
    stream_part& made = close(fault ? part_kind::fault : part_kind::event, end_line());
    if (damaged && too_long_) made.kind = part_kind::too_long;
    made.type = std::move(type);
    made.data = std::move(data);
    made.id = std::move(id);
  }

  void line(int n) {
    const bool ollama = target_.ends_with("/ollama");
    const bool fault = n == fault_at_;
    const bool damaged = n == damage_at_ && !fault;
    std::string data = text_of(n);
    if (ollama) data = "{\"n\":" + std::to_string(n) + ",\"done\":" + (n == count_ ? "true}" : "false}");
    if (fault) data = R"({"error":"out of memory"})";
    if (damaged) data = too_long_ ? std::string(too_many_bytes + 10, 'x') : std::string("{\"a\":\"\xFF\"}");
    script_.body += data;
    const bool unended = n == count_ && !damaged && random_.below(3) == 0;
    const std::size_t text_end = script_.body.size();
    std::size_t end = text_end;
    if (!unended) {
      script_.body += line_end_;
      end = script_.body.size();
    }
    stream_part& made = close(fault ? part_kind::fault : part_kind::event, end);
    if (damaged) made.kind = too_long_ ? part_kind::too_long : part_kind::not_utf8;
    made.last_word = ollama && n == count_ && count_ > 1 && !fault && !damaged;
    made.unended = unended;
    made.text_end = text_end;
    made.data = std::move(data);
  }

  void last(std::string_view word) {
    field("data", word);
    close(part_kind::done, end_line());
  }

  random_source random_;
  stream_script script_;
  std::string target_;
  std::string line_end_;
  int first_ = 1;
  int count_ = 0;
  int fault_at_ = 0;
  int damage_at_ = 0;
  bool too_long_ = false;
};

/// What comes instead of a stream, now and then.
std::optional<sent_stream> no_stream(random_source& random, const received& what) {
  sent_stream made;
  switch (random.below(40)) {
    case 0:
      made.said = answer(404);
      return made;
    case 1:
    case 2:
      made.said = answer(429).with("Retry-After", std::to_string(random.below(3)));
      return made;
    case 3:
    case 4:
      made.said = answer(503).with("Retry-After", "1");
      return made;
    case 5:
      made.said = answer(307).with("Location", what.target);
      return made;
    case 6:
      made.said = answer(502);
      return made;
    case 7:
      made.said = answer(200, "<html>sign in</html>");
      made.said.fields.set("Content-Type", "text/html");
      break;
    case 8:
      made.said = answer(200, R"({"success":false,"message":"no"})");
      break;
    case 9:
      made.said = answer(200, R"({"tenant":")" + std::string(what.tenant()) + "\"}");
      break;
    default:
      return std::nullopt;
  }
  made.script.emplace();
  made.script->usable = made.said.body.starts_with("{\"tenant\"");
  made.script->tenant = what.tenant();
  made.script->body = made.said.body;
  return made;
}

std::vector<testing::body_piece> in_pieces(const std::string& body, random_source& random) {
  std::vector<testing::body_piece> pieces;
  const std::uint64_t cuts = body.size() > 1024 * 1024 ? 2 : random.below(14);
  std::vector<std::size_t> at;
  for (std::uint64_t i = 0; i < cuts; ++i) at.push_back(random.below(body.size() + 1));
  at.push_back(body.size());
  std::sort(at.begin(), at.end());
  const std::uint64_t slowest = random.below(6) == 0 ? 3000 : random.below(3) == 0 ? 400 : 40;
  std::size_t from = 0;
  for (const std::size_t to : at) {
    pieces.push_back(
        {pieces.empty() ? duration::zero() : milliseconds_below(random, slowest), body.substr(from, to - from)});
    from = to;
  }
  return pieces;
}

const char* type_of(const stream_script& script) {
  switch (script.format) {
    case stream_format::sse:
      return "text/event-stream";
    case stream_format::ndjson:
      return "application/x-ndjson";
    case stream_format::bytes:
      return "text/plain";
    case stream_format::automatic:
      break;
  }
  return "application/json";
}

}  // namespace

bool has_come(const stream_script& script, const stream_part& part, std::size_t delivered, bool over) {
  if (part.end <= delivered && !part.unended) return true;
  if (!over || script.format != stream_format::ndjson || part.kind == part_kind::not_utf8) return false;
  return part.text_end <= delivered;
}

sent_stream answer_stream(world& in, const received& what) {
  random_source of_attempt(in.seed() + what.call * 31 + static_cast<std::uint64_t>(what.at.time_since_epoch().count()));
  if (std::optional<sent_stream> other = no_stream(of_attempt, what)) return *std::move(other);
  sent_stream made;
  made.script = script_writer(what, random_source(in.seed() * 1'000'003 + what.call)).write();
  made.said.streams(type_of(*made.script), {}, duration::zero());
  made.said.pieces = in_pieces(made.script->body, of_attempt);
  if (made.script->until_close) made.said.until_close();
  return made;
}

}  // namespace enlace::simulation
