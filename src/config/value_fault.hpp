#pragma once

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace enlace {

/// Why a value won't do, in words. Not made of a string directly, so that a result of a string can tell them apart.
class value_fault {
 public:
  [[nodiscard]] static value_fault because(std::string what) {
    value_fault fault;
    fault.what = std::move(what);
    return fault;
  }

  value_fault() {}  // NOLINT(modernize-use-equals-default): must not become an aggregate

  std::string what;
};

/// A value, or why there is none.
template <class T>
using value_or_fault = boost::system::result<T, value_fault>;

}  // namespace enlace
