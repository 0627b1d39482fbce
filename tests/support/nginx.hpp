#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/process.hpp"

namespace enlace::test {

/// A listening socket on a free port of 127.0.0.1.
class free_listener {
 public:
  free_listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), size) != 0 || ::listen(socket_, 511) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
      throw std::runtime_error("can't listen on 127.0.0.1");
    }
    port_ = ntohs(at.sin_port);
  }
  free_listener(const free_listener&) = delete;
  free_listener& operator=(const free_listener&) = delete;
  ~free_listener() { close(); }

  [[nodiscard]] int descriptor() const noexcept { return socket_; }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  void close() noexcept {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

/// An nginx of its own, with one server on a free port of 127.0.0.1 whose locations the test gives:
///
///     nginx upstream("location /ok { default_type application/json; return 200 '{}'; }");
///
/// The port is bound here and handed down, so that nobody can take it in between.
class nginx {
 public:
  /// `server` goes into the server block, `http` into the http block; `%FOLDER%` stands for a temporary folder.
  /// `listen`: more words for the listen directive, such as "ssl".
  explicit nginx(std::string_view server, std::string_view http = "", std::string_view listen = "") {
    const std::string config = folder_.write("nginx.conf", settings(server, http, listen));
    process::settings how;
    how.descriptor = listener_.descriptor();
    how.environment = {"NGINX=3;"};
    process_.emplace(std::vector<std::string>{program(), "-c", config, "-p", folder_.path().string()}, how);
    listener_.close();
    // The port takes connections already; nginx itself is there once it has written its pid.
    const std::filesystem::path pid = folder_.path() / "pid";
    process_->wait_until([&pid] {
      std::error_code missing;
      return std::filesystem::file_size(pid, missing) > 0 && !missing;
    });
  }

  /// Whether nginx is installed. A test that needs it is skipped where it is not.
  [[nodiscard]] static bool available() { return std::filesystem::exists(program()); }

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }
  [[nodiscard]] std::string url(std::string_view target = "") const {
    return "http://127.0.0.1:" + std::to_string(port()) + std::string(target);
  }
  [[nodiscard]] const temporary_folder& folder() const noexcept { return folder_; }
  /// What it has logged.
  [[nodiscard]] std::string errors() const { return process_->errors(); }
  void stop() { process_->end(); }

 private:
  static std::string program() { return "/usr/sbin/nginx"; }

  [[nodiscard]] std::string settings(std::string_view server, std::string_view http, std::string_view listen) const {
    std::string text =
        "daemon off;\nworker_processes 1;\nerror_log stderr warn;\npid %FOLDER%/pid;\n"
        "events { worker_connections 4096; }\nhttp {\naccess_log off;\n"
        "client_body_temp_path %FOLDER%/body;\nproxy_temp_path %FOLDER%/proxy;\nfastcgi_temp_path %FOLDER%/fastcgi;\n"
        "uwsgi_temp_path %FOLDER%/uwsgi;\nscgi_temp_path %FOLDER%/scgi;\nkeepalive_requests 1000000;\n";
    // The worker must be able to use the folder.
    if (::geteuid() == 0) text.insert(0, "user root;\n");
    text.append(http).append("\nserver {\nlisten 127.0.0.1:").append(std::to_string(listener_.port()));
    text.append(" ").append(listen).append(";\n").append(server).append("\n}\n}\n");
    constexpr std::string_view mark = "%FOLDER%";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), folder_.path().string());
    }
    return text;
  }

  temporary_folder folder_;
  free_listener listener_;
  std::optional<process> process_;
};

}  // namespace enlace::test
