#pragma once

#include <string>

#include <boost/system/result.hpp>

namespace enlace {

/// Why a value won't do, in words.
struct value_fault {
  std::string what;
};

/// A value, or why there is none.
template <class T>
using value_or_fault = boost::system::result<T, value_fault>;

}  // namespace enlace
