// The JSON Schema of an event, from the same description as its writer and its reader.
#pragma once

#include <string>

namespace scaleit::record {

/// Of one line of a record, one event of a stream, one `event` of a line of the log:
/// draft-07, pretty, with a newline at the end. Types and keys that are not known here
/// are valid, as they are for every reader.
std::string event_schema();

}  // namespace scaleit::record
