// The compiled part of Asio's TLS, once in the library.
#include <boost/asio/ssl/impl/src.hpp>
