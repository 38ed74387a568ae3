// Every bound of the program, in one place.
//
// What comes from outside is hostile until proven otherwise, and what grows
// inside must stop somewhere. docs/reference/bounds.md explains each to the person who
// meets it. Elsewhere stand, where they are used: what nobody can meet (how large a
// buffer is, where an excerpt is cut), what another document sets (RFC 1035: 253 bytes
// of a host's name), and the ranges that are described beside what they limit: those of
// settings (spec/describe*.cpp; docs/reference/config.md) and of an event's numbers
// (record/describe_event.hpp).
#pragma once

#include <chrono>
#include <cstddef>

namespace scaleit::bounds {

using namespace std::chrono_literals;

// -- what applications may answer -----------------------------------------
inline constexpr std::size_t response_header_bytes_max = 16 * 1024;
inline constexpr std::size_t response_body_bytes_max = 1024 * 1024;
inline constexpr std::size_t json_depth_max = 64;
inline constexpr std::size_t detail_bytes_max = 200;  ///< of a failure's sentence
inline constexpr int redirects_max = 5;
inline constexpr int replicas_max = 1'000'000;

// -- the HTTP client ------------------------------------------------------
inline constexpr std::size_t connections_per_origin_max = 64;
inline constexpr std::size_t queued_requests_per_origin_max = 100'000;
inline constexpr auto connect_timeout = 1s;
inline constexpr auto idle_connection_timeout = 60s;
inline constexpr auto connection_age_max = 5min;  ///< then the name is asked again
inline constexpr auto first_answer_patience =
    250ms;  ///< then an idle connection to the same origin makes way
inline constexpr int reuse_failures_max = 2;  ///< in a row, then none is used again
inline constexpr auto reuse_pause = 10min;    ///< for so long
inline constexpr std::size_t resolver_threads_max = 4;
inline constexpr auto resolver_cache_time = 2s;
inline constexpr std::size_t resolver_queue_max = 10'000;  ///< names waiting for a thread
inline constexpr std::size_t resolver_cache_max = 10'000;  ///< names
inline constexpr std::size_t addresses_per_name_max = 16;
inline constexpr auto connect_stagger = 250ms;  ///< RFC 8305's Connection Attempt Delay
inline constexpr int interim_answers_max = 8;   ///< 1xx before the real one
inline constexpr std::size_t chunk_line_bytes_max = 8 * 1024;
inline constexpr std::size_t url_bytes_max = 8 * 1024;
inline constexpr auto tls_files_check = 1s;  ///< at most so often
inline constexpr std::size_t tls_contexts_max = 1'000;
inline constexpr std::size_t connections_default =
    10'000;  ///< over all origins; the daemon counts its files instead

// -- the HTTP servers -----------------------------------------------------
inline constexpr std::size_t server_connections_max = 128;
inline constexpr std::size_t request_header_bytes_max = 8 * 1024;
inline constexpr std::size_t request_headers_max = 100;
inline constexpr std::size_t request_body_bytes_max = 64 * 1024;
inline constexpr std::size_t problem_detail_bytes_max = 1024;
inline constexpr auto request_read_timeout = 5s;     ///< a body has more, by its size
inline constexpr auto response_write_timeout = 10s;  ///< without progress
inline constexpr std::size_t transfer_bytes_per_second_min =
    8 * 1024;  ///< of a body, either way, once the time-out has passed
inline constexpr auto server_idle_timeout = 60s;
inline constexpr auto server_stall_time =
    1s;  ///< then a full server gives up who does not read
inline constexpr auto server_drain_time = 1s;  ///< reading on after a last answer
inline constexpr std::size_t server_drain_bytes_max = 256 * 1024;
inline constexpr auto server_accept_pause = 100ms;  ///< after accept() failed
inline constexpr std::size_t server_streams_max = 64;
inline constexpr std::size_t stream_buffer_bytes_max = 256 * 1024;  ///< of one client
inline constexpr auto stream_stall_timeout = 10s;  ///< for a client that does not read
inline constexpr std::size_t scrape_piece_bytes = 64 * 1024;  ///< then others' turn
inline constexpr std::size_t scrape_slice_series = 256;       ///< read at once
inline constexpr auto stream_ack_timeout = 30s;  ///< for one whose machine has gone

// -- the API --------------------------------------------------------------
inline constexpr std::size_t api_body_bytes_max = 1024 * 1024;  ///< of a spec
inline constexpr std::size_t api_list_default = 100;            ///< targets in one answer
inline constexpr std::size_t api_list_max = 1'000;
inline constexpr std::size_t api_decisions_default = 20;
inline constexpr std::size_t api_decisions_kept_max = 100;  ///< of one target
inline constexpr std::size_t api_decisions_kept = 20'000;   ///< of all; one each remains
inline constexpr std::size_t api_events_kept = 10'000;      ///< for who comes back
inline constexpr std::size_t api_event_clients_max = 32;
inline constexpr auto api_comment_interval = 15s;  ///< between events, that all is well
inline constexpr std::size_t api_waiting_max = 1'000;  ///< requests that await the loop
inline constexpr std::size_t api_changes_waiting_max = 100;  ///< of one target
inline constexpr std::size_t api_past_max = 4;  ///< readings of the record at a time
inline constexpr std::size_t api_tokens_max = 100;
inline constexpr int api_logins_failed_max = 10;  ///< of one address, then 429
inline constexpr auto api_logins_period = 1min;
inline constexpr std::size_t api_addresses_max = 10'000;  ///< that are remembered
inline constexpr auto api_loop_patience = 2s;             ///< then 503: the loop is stuck
inline constexpr auto api_change_patience = 10s;          ///< with the disk in between
inline constexpr auto api_long_patience = 60s;            ///< reloads, reads the record
inline constexpr std::size_t state_file_bytes_max = 2 * 1024 * 1024;
inline constexpr std::size_t targets_with_series = 2'000;  ///< metrics.perTarget: auto
inline constexpr int target_lines_per_second = 100;        ///< of the log; then a summary
inline constexpr int push_intervals = 3;  ///< of silence, if maxAge is not given

// -- targets and their actors ---------------------------------------------
inline constexpr std::size_t targets_max = 100'000;
inline constexpr std::size_t orders_max = 200'000;  ///< not yet answered
inline constexpr int orders_batch = 64;             ///< then others get their turn
inline constexpr auto order_retry_interval = 1ms;   ///< while a poll is being decided
inline constexpr int starts_batch = 32;             ///< targets, likewise
inline constexpr auto loop_turn_time = 5ms;  ///< of actors; then sockets and timers
inline constexpr std::size_t loop_turn_jobs = 256;  ///< likewise
inline constexpr int prompt_polls_max = 16;  ///< out of turn, at once; as many again
inline constexpr auto prompt_polls_period = 1s;
inline constexpr auto first_poll_within =
    5s;  ///< of a new target, however many there are
inline constexpr auto interval_min = 100ms;
inline constexpr auto interval_max = 1h;
inline constexpr auto restart_delay_min = 10ms;
inline constexpr auto restart_delay_max = 30s;
inline constexpr auto unanswered_watch_time =
    5min;  ///< so long a failed scale request may show its effect

// -- a target's settings --------------------------------------------------
inline constexpr std::size_t metrics_max = 32;  ///< of one target
inline constexpr std::size_t scaling_policies_max = 16;
inline constexpr std::size_t schedules_max = 128;
inline constexpr int flap_reversals_max = 100;
inline constexpr std::size_t expression_bytes_max = 1024;
inline constexpr std::size_t expression_depth_max = 32;       ///< of parentheses
inline constexpr std::size_t expressions_cached_max = 1'024;  ///< compiled, per thread
inline constexpr std::size_t window_samples_max =
    100'000;  ///< 1 h of ten a second, twice
inline constexpr std::chrono::hours schedule_span_max{24};  ///< then asked for again
inline constexpr std::size_t zone_file_bytes_max =
    256 * 1024;  ///< the largest there is has 4 KiB

// -- config files ---------------------------------------------------------
inline constexpr std::size_t config_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t document_nodes_max = 4'000'000;  ///< aliases counted each
inline constexpr std::size_t document_keys_max = 1000;        ///< of one map
inline constexpr std::size_t config_problems_max = 1000;      ///< that are told
inline constexpr std::size_t secret_bytes_max = 64 * 1024;    ///< of one expanded header
inline constexpr std::size_t secret_files_kept =
    1'000;                                        ///< of those that nobody names any more
inline constexpr auto secret_look_interval = 1s;  ///< at a file that may be another
inline constexpr auto secret_doubt_interval = 100ms;  ///< likewise, after a 401
inline constexpr auto pipe_wait_max = 30s;  ///< for a file that is a pipe to say more
inline constexpr auto request_timeout_min = 1ms;
inline constexpr auto request_timeout_max = 1h;
inline constexpr auto policy_time_max = 24h;  ///< maxAge, warmup, holds, cooldowns

// -- events ---------------------------------------------------------------
inline constexpr std::size_t subscriber_queue_max = 65'536;
inline constexpr int subscriber_batch =
    256;  ///< events handled before others get their turn

// -- the record -----------------------------------------------------------
inline constexpr std::size_t record_line_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t record_buffer_bytes_max =
    16 * 1024 * 1024;  ///< of events that wait for the disk
inline constexpr std::size_t record_segments_max = 10'000;
inline constexpr auto record_flush_interval = 200ms;
inline constexpr auto record_sync_interval =
    5s;                                          ///< then what was written is on the disk
inline constexpr auto record_retry_min = 100ms;  ///< after an error, doubled each time
inline constexpr auto record_retry_max = 5s;

inline constexpr std::size_t restored_segments_max = 8;  ///< read again at a start
inline constexpr std::size_t record_damage_told_max =
    10;  ///< of each kind, in full; more are only counted

// -- open files -----------------------------------------------------------
inline constexpr std::size_t own_descriptors_min =
    32;  ///< counted: 15, and 12 for look-ups and the record
inline constexpr std::size_t own_descriptors_max =
    72;  ///< with room for what is not counted
inline constexpr std::size_t client_descriptors_min =
    4;  ///< a scraper, two probes, and a person with curl
inline constexpr std::size_t application_descriptors_min = 4;
inline constexpr std::size_t application_descriptors_max = 100'000;

// -- start and stop -------------------------------------------------------
inline constexpr auto drop_in_timeout_min = 2s;  ///< of a request: the interval, but
inline constexpr auto drop_in_timeout_max = 10s;
inline constexpr std::size_t env_file_bytes_max = 1024 * 1024;
inline constexpr std::size_t env_lines_told_max = 20;  ///< of those that are skipped
inline constexpr auto signal_echo =
    20ms;  ///< the same signal so soon again is one request
inline constexpr std::size_t log_lines_waiting_max = 4096;
inline constexpr auto request_check_interval = 20ms;  ///< of those that an end waits for
inline constexpr auto put_grace = 2s;  ///< a PUT in flight may finish after SIGTERM
inline constexpr auto stop_deadline = 2800ms;   ///< SIGTERM to exit, whatever hangs
inline constexpr auto loop_stalled_after = 2s;  ///< then /readyz says 503
inline constexpr auto loop_pulse_interval = 500ms;
inline constexpr std::size_t health_lines_max = 10;  ///< then a count of actors
inline constexpr auto clock_step_min = 500ms;        ///< less is no step of the clock

// -- the simulated world --------------------------------------------------
inline constexpr std::size_t trace_rows_max = 1'000'000;
inline constexpr std::size_t trace_line_bytes_max = 256;
inline constexpr double trace_seconds_max = 1e9;  ///< of one row's time; about 31 years
inline constexpr double load_max = 1e9;           ///< requests per second
inline constexpr std::size_t load_parameters_max = 16;
inline constexpr auto load_period_min = 100ms;
inline constexpr auto load_period_max = 8760h;
inline constexpr std::size_t pending_changes_max =
    1024;                                         ///< PUTs within one start-up delay
inline constexpr int sample_replicas_max = 1000;  ///< what the sample application takes
inline constexpr auto sample_startup_max = 1h;
inline constexpr std::size_t sample_own_descriptors = 32;  ///< the rest: connections
inline constexpr std::size_t sample_descriptors_max = 65'536;

}  // namespace scaleit::bounds
