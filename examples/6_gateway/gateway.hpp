#pragma once

#include <memory>
#include <string>

#include <enlace/enlace.hpp>

#include "model_service.hpp"

namespace example {

/// What stands between browsers and the model.
///
///     GET /                   the page
///     GET /events?prompt=...  the answer as server-sent events, for EventSource
///     POST /chat              {"prompt": "..."}: the answer as the model sends it, for fetch
///     GET /counts             how the model's answers ended
class gateway {
 public:
  /// The client must outlive the gateway's loop.
  gateway(enlace::client& client, std::string model_url, std::shared_ptr<const model_service> model)
      : client_(client), model_url_(std::move(model_url)), model_(std::move(model)) {}

  boost::asio::awaitable<void> answer(const enlace::server_request& request, enlace::responder& out);

 private:
  enlace::stream ask_model(std::string prompt);
  boost::asio::awaitable<void> events(const enlace::server_request& request, enlace::responder& out);
  boost::asio::awaitable<void> chat(const enlace::server_request& request, enlace::responder& out);
  boost::asio::awaitable<void> counts(enlace::responder& out);

  enlace::client& client_;
  std::string model_url_;
  std::shared_ptr<const model_service> model_;
};

}  // namespace example
