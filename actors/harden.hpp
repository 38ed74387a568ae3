// What every actor gets before its first message: handlers for all that CAF
// would otherwise answer with the death of the wrong actor, or on stdout.
#pragma once

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message_builder.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>

namespace scaleit::actors {

/// An exception as a CAF error that carries its text.
inline caf::error to_error(const std::exception_ptr& x) {
  try {
    std::rethrow_exception(x);
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string{e.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"unknown exception"});
  }
}

/// The text of `to_error`, or CAF's name of the reason.
inline std::string reason_text(const caf::error& reason) {
  const auto& context = reason.context();
  if (context.size() == 1 && context.match_element<std::string>(0))
    return context.get_as<std::string>(0);
  return reason == caf::exit_reason::kill ? "killed" : caf::to_string(reason);
}

/// An exception ends the actor with its text as the reason (never with a normal exit);
/// stray errors, answers and messages from outside the interface are dropped.
template <class Self>
void harden(Self* self) {
  self->set_exception_handler(
      [](caf::scheduled_actor*, std::exception_ptr& x) { return to_error(x); });
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
  self->set_down_handler([](caf::scheduled_actor*, caf::down_msg&) {});
  self->set_default_handler(
      [](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
        return caf::message{};
      });
}

}  // namespace scaleit::actors
