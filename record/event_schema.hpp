// The JSON Schema of an event, from the same description as its writer and its reader.
#pragma once

#include <string>

namespace scaleit::record {

/// The schema of one line of a record, or of the `event` in a line of the log: draft-07,
/// pretty, with a newline at the end. Types and keys that are not known here are valid,
/// as they are for every reader.
std::string event_schema();

}  // namespace scaleit::record
