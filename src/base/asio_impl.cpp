// The one place where Asio's non-template code is compiled into the library (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
