#include "record/event_tape.hpp"

namespace scaleit::record {

event_tape::refusal event_tape::read(char* line, std::size_t size) {
  line[size] = '\0';
  values_.clear();
  depth_ = skipping_ = 0;
  key_ = {};
  why_ = refusal::none;
  rapidjson::InsituStringStream stream{line};
  constexpr unsigned flags =
      rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  where_ = json_.Parse<flags>(stream, *this);
  if (!where_.IsError()) return refusal::none;
  return why_ == refusal::none ? refusal::syntax : why_;
}

}  // namespace scaleit::record
