#include <enlace/stream_event.hpp>

namespace enlace {

result<json::value> stream_event::value() const { return parse_json(data); }

}  // namespace enlace
