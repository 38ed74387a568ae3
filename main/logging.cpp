#include "main/logging.hpp"

#include "messages/time.hpp"
#include "record/event_json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <memory>

namespace scaleit::main {

namespace {

log_format format = log_format::text;
std::shared_ptr<spdlog::async_logger> logger;

spdlog::level::level_enum to_spdlog(log_level l) {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn, spdlog::level::err};
  return levels[static_cast<std::size_t>(l)];
}

std::string as_json(log_level level, std::string_view text, const event* about) {
  constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
  const auto name = names[static_cast<std::size_t>(level)];
  const auto now = std::chrono::floor<microseconds>(std::chrono::system_clock::now());
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> json{out};
  const auto put = [&](std::string_view s) {
    json.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  };
  json.StartObject();
  put("time"), put(about ? to_rfc3339(about->time) : to_rfc3339(now));
  put("level"), put(name);
  put("message"), put(text);
  if (about) {
    const auto line = record::to_json(*about);
    put("event"), json.RawValue(line.data(), line.size(), rapidjson::kObjectType);
  }
  json.EndObject();
  return {out.GetString(), out.GetSize()};
}

}  // namespace

void start_log(log_level level, log_format f) {
  format = f;
  spdlog::init_thread_pool(bounds::log_lines_waiting_max, 1);
  logger = std::make_shared<spdlog::async_logger>(
      "scaleit", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(),
      spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(to_spdlog(level));
  logger->set_pattern(f == log_format::json ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v",
                      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::debug);
}

void log(log_level level, std::string_view text, const event* about) {
  const auto to = to_spdlog(level);
  if (!logger || !logger->should_log(to)) return;
  if (format == log_format::json)
    logger->log(to, as_json(level, text, about));
  else
    logger->log(to, text);
}

std::size_t log_lines_dropped() {
  const auto pool = spdlog::thread_pool();
  return pool ? pool->overrun_counter() : 0;
}

void stop_log() {
  spdlog::shutdown();  // the last lines are written and the thread is joined; only now
  logger.reset();      // is nobody using the sinks any more
}

}  // namespace scaleit::main
