// The inside of pooled_client: jobs (submitted requests), lanes (places for one
// connection each) and the origins they belong to.
//
// A job is always in one of these places, and its deadline runs in all of them:
//
//   submit --> idle lane ------------------------+
//        \--> new lane: dialing --> handshake ---+--> answering --> done
//         \-> origin's queue (FIFO) --> one of the above            |
//              ^------------------- redirect, resend once <---------+
//
// A whole answer and a stream differ in one place only: what arrives is collected,
// or handed on. A job's handlers are called as the last act of a callback from the
// loop: they may submit, cancel or destroy the client.
#pragma once

#include "net/client.hpp"
#include "net/connection.hpp"
#include "net/connector.hpp"
#include "net/deadline_wheel.hpp"
#include "net/prepared_request.hpp"
#include "net/resolver.hpp"
#include "net/tls_contexts.hpp"

#include <boost/intrusive/list.hpp>

#include <deque>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace scaleit::net {

class pool;
struct lane;
struct origin;

using list_hook = boost::intrusive::list_member_hook<>;
template <class T, list_hook T::*Hook>
using hook_list =
    boost::intrusive::list<T, boost::intrusive::member_hook<T, list_hook, Hook>>;

/// What the answer that arrives is to a job.
enum class reception : std::uint8_t {
  none,     ///< there is no header yet
  wanted,   ///< it settles the job
  streams,  ///< its header has been handed on
  detour,   ///< a redirect, to be followed at its end
};

struct job {
  job(pool& p, std::uint32_t i);

  pool& owner;
  const std::uint32_t index;
  std::uint32_t generation = 1;             ///< makes tickets of a reused slot differ
  prepared_ptr request;                     ///< null: the slot is free
  http_client::handler done;                ///< of a whole answer
  std::shared_ptr<stream_handlers> stream;  ///< or else; shared: may cancel the job
  http_response answer;                     ///< what there is of it
  http_head head;                           ///< of a stream, until it is handed on
  std::string location;
  reception as = reception::none;
  steady_time submitted;
  deadline due;
  origin* at = nullptr;
  lane* on = nullptr;
  list_hook queued;
  int redirects = 0;
  bool resent = false;
  bool sent = false;         ///< a byte of the request may have left
  bool sent_before = false;  ///< in an attempt before this one

  bool wants_own_connection() const { return !request->source().keep_alive; }
  http_client::ticket ticket() const { return std::uint64_t{generation} << 32U | index; }
};

struct lane final : connection_owner {
  lane(pool& p, origin& o);

  void on_open() override;
  void on_head(answer_head&& h, bool is_all) override;
  void on_piece(std::string_view bytes) override;
  void on_end(answer_end e) override;
  void on_broken(breakage&& b) override;

  pool& owner;
  origin& at;
  std::list<lane>::iterator self;
  job* current = nullptr;
  std::shared_ptr<connector> dialing;
  std::shared_ptr<connection> line;
  bool answered = false;  ///< has carried a request already
  steady_time born;
  deadline old;       ///< of an idle lane
  deadline patience;  ///< with the first answer
  list_hook idle_here, idle_anywhere;
};

struct origin {
  explicit origin(pool& p);

  pool& owner;
  const origin_key* key = nullptr;
  int reuse_failures = 0;  ///< in a row
  deadline forgiven;       ///< then they are 0
  std::list<lane> lanes;
  hook_list<lane, &lane::idle_here> idle;  ///< most recently used last
  hook_list<job, &job::queued> queue;
  list_hook starved;  ///< queue not empty, and only connections_max is in the way

  /// The peer does not deal well with a second request on a connection.
  bool is_wary() const { return reuse_failures >= bounds::reuse_failures_max; }
  bool is_of_use() const {
    return !lanes.empty() || !queue.empty() || reuse_failures > 0;
  }
};

/// How long a stream may be silent from one piece to the next.
std::chrono::milliseconds silence_allowed(const prepared_request& r);

class pool : public std::enable_shared_from_this<pool> {
 public:
  pool(event_loop& loop, client_options options);
  ~pool();

  http_client::ticket submit(prepared_ptr r, http_client::handler done);
  http_client::ticket stream(prepared_ptr r, stream_handlers h);
  void cancel(http_client::ticket t);
  client_stats stats() const;
  /// Closes everything and destroys all handlers uncalled.
  void stop();

  // -- called by jobs, lanes and deadlines --------------------------------
  void on_due(job& j);
  void on_connected(lane& l, connected&& c);
  void on_open(lane& l);
  void on_head(lane& l, answer_head&& h, bool is_all);
  void on_piece(lane& l, std::string_view bytes);
  void on_end(lane& l, answer_end e);
  void on_broken(lane& l, breakage&& b);
  void on_idle_too_long(lane& l);
  void on_first_answer_late(lane& l);
  void on_forgiven(origin& o);

 private:
  job& new_job();
  void free(job& j);
  job* find(http_client::ticket t);
  http_client::ticket begin(job& j, prepared_ptr r);
  /// Ends the job with job::answer, or with job::answer.error.
  void finish(job& j);
  void fail(job& j, failure&& f);
  void fail_later(job& j, failure f);

  origin& origin_of(const prepared_request& r);
  void dispatch(job& j);
  void enqueue(origin& o, job& j);
  bool place_on_idle(origin& o, job& j);
  void assign(lane& l, job& j);
  void dial(origin& o, job& j);
  void follow(job& j);
  origin* abandon(job& j);

  bool may_resend(const lane& l, const breakage& b) const;
  void resend(lane& l);
  /// Takes the job off its lane, which goes on if it can.
  void part(lane& l, bool reusable);
  void take_head(job& j, answer_head&& h);
  void note_reuse(origin& o, bool is_good);

  lane* take_idle(origin& o, verb method);
  /// True when one more connection may be opened; closes an idle one if need be.
  bool make_room(const origin& for_whom);
  bool is_kept(const lane& l, const job& j) const;
  void drop_oldest_idle(const origin& for_whom);
  void rest(lane& l);
  void remove(lane& l);
  /// After a lane of `o` became idle or is gone: who waits moves on. May erase `o`.
  void settle(origin& o);
  void note_hunger(origin& o);
  void drop_if_useless(origin& o);
  tls_settings tls_of(const prepared_request& r) const;
  std::shared_ptr<connection> connect_line(lane& l, stream_socket s);

  asio::io_context& io_;
  const client_options options_;
  deadline_wheel wheel_;
  resolver names_;
  tls_contexts tls_;
  std::deque<job> jobs_;
  std::vector<job*> free_jobs_;
  std::unordered_map<origin_key, origin, origin_key_hash> origins_;
  hook_list<lane, &lane::idle_anywhere> idle_;  ///< least recently used first
  hook_list<origin, &origin::starved> starved_;
  std::size_t lanes_ = 0;
  std::size_t queued_ = 0;
};

}  // namespace scaleit::net
