#pragma once

#include <string>

#include <enlace/reply.hpp>

#include "integration/chaos/call_mix.hpp"

namespace enlace::test {

/// What a successful reply says that it is about.
struct answer_names {
  std::string subject;
  std::string tenant;
};

namespace chaos_detail {

inline std::string text_at(const json::value& in, std::string_view pointer) {
  boost::system::error_code none;
  const json::value* found = in.find_pointer(pointer, none);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace chaos_detail

/// Reads the names out of an answer of the ledger's upstream, or of the echo of `enlace serve`.
[[nodiscard]] inline answer_names names_in(const reply& answer, bool bad_upstream, call_kind kind) {
  using chaos_detail::text_at;
  answer_names names;
  const json::value& data = answer.data();
  names.subject = text_at(data, !bad_upstream ? "/id" : kind == call_kind::post ? "/query/key" : "/query/id");
  names.tenant = text_at(data, !bad_upstream ? "/tenant" : "/headers/x-tenant-id");
  return names;
}

}  // namespace enlace::test
