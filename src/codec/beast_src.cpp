// Beast's parser, compiled once: the project defines BOOST_BEAST_SEPARATE_COMPILATION.
#include <boost/beast/src.hpp>
