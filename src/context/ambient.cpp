#include <boost/asio/strand.hpp>
#include <enlace/ambient.hpp>

#include "context/context_executor.hpp"

namespace enlace {
namespace {

using boost::asio::any_io_executor;

static_assert(sizeof(context_executor) <= 3 * sizeof(void*), "must fit an any_io_executor in place");

thread_local const context_scope* innermost_scope = nullptr;

}  // namespace

any_io_executor bind_context(const any_io_executor& executor, context owned) {
  return context_executor(std::make_shared<context_binding>(unbind_context(executor), std::move(owned)));
}

any_io_executor unbind_context(const any_io_executor& executor) {
  const auto* bound = executor.target<context_executor>();
  return bound == nullptr ? executor : bound->binding().inner();
}

const context* ambient_context(const any_io_executor& executor) noexcept {
  if (const auto* bound = executor.target<context_executor>()) return &bound->binding().owned();
  // The copy that get_inner_executor() gives shares the binding with the one inside the strand, which lives on.
  const auto* strand = executor.target<boost::asio::strand<any_io_executor>>();
  return strand == nullptr ? nullptr : ambient_context(strand->get_inner_executor());
}

context_scope::context_scope(const context& inner)
    : merged_(innermost_scope == nullptr ? inner : inner.over(innermost_scope->merged_)), enclosing_(innermost_scope) {
  innermost_scope = this;
}

context_scope::~context_scope() { innermost_scope = enclosing_; }

const context* context_scope::current() noexcept {
  return innermost_scope == nullptr ? nullptr : &innermost_scope->merged_;
}

}  // namespace enlace
