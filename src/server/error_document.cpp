#include "server/error_document.hpp"

#include "base/serialisable.hpp"

namespace enlace {

json::object error_document(const error& failed) {
  json::object document = object("success", false, "message", failed.message, "data", nullptr, "metadata",
                                 json::object(), "error", failed.to_json());
  make_serialisable(document);
  return document;
}

error error_for_status(int status, std::string_view message) {
  error made(error_code_for_status(status), std::string(message));
  made.status = status;
  made.retryable = status_is_retryable(status);
  made.timestamp = std::chrono::system_clock::now();
  return made;
}

}  // namespace enlace
