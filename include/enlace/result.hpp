// Module: base
#pragma once

#include <stdexcept>

#include <boost/system/result.hpp>
#include <enlace/error.hpp>

namespace enlace {

/// Thrown by `result<T>::value()` on a failure, and by constructors that are given options that can't work.
class failure : public std::runtime_error {
 public:
  explicit failure(enlace::error cause) : std::runtime_error(cause.message), error_(std::move(cause)) {}
  [[nodiscard]] const enlace::error& error() const noexcept { return error_; }

 private:
  enlace::error error_;
};

/// Found by argument-dependent look-up from `boost::system::result`.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location& /*where*/) {
  throw failure(e);
}

/// A value, or the error why there is none.
template <class T>
using result = boost::system::result<T, error>;

}  // namespace enlace
