#pragma once

#include <boost/json/fwd.hpp>

namespace enlace {

/// Makes JSON that can be written and read back: NaN and infinity become null, and bytes that are not UTF-8 become
/// U+FFFD, in keys too; of two keys that become the same the later one stays.
void make_serialisable(boost::json::value& value);
void make_serialisable(boost::json::object& object);

}  // namespace enlace
