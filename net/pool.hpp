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
// Nothing here calls a job's handler except finish(), always as the last act of
// a callback from the loop: a handler may submit, cancel or destroy the client.
#pragma once

#include "net/client.hpp"
#include "net/connection.hpp"
#include "net/connector.hpp"
#include "net/deadline_wheel.hpp"
#include "net/prepared_request.hpp"
#include "net/resolver.hpp"

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

struct job {
  job(pool& p, std::uint32_t i);

  pool& owner;
  const std::uint32_t index;
  std::uint32_t generation = 1;  ///< makes tickets of a reused slot differ
  prepared_ptr request;          ///< null: the slot is free
  http_client::handler done;
  steady_time submitted;
  deadline due;
  origin* at = nullptr;
  lane* on = nullptr;
  list_hook queued;
  int redirects = 0;
  bool resent = false;

  http_client::ticket ticket() const { return std::uint64_t{generation} << 32U | index; }
};

struct lane final : connection_owner {
  lane(pool& p, origin& o);

  void on_open() override;
  void on_answer(answer&& a) override;
  void on_broken(breakage&& b) override;

  pool& owner;
  origin& at;
  std::list<lane>::iterator self;
  job* current = nullptr;
  std::shared_ptr<connector> dialing;
  std::shared_ptr<connection> line;
  bool answered = false;  ///< has carried a request already
  deadline old;           ///< of an idle lane
  list_hook idle_here, idle_anywhere;
};

struct origin {
  const origin_key* key = nullptr;
  std::list<lane> lanes;
  hook_list<lane, &lane::idle_here> idle;  ///< most recently used last
  hook_list<job, &job::queued> queue;
  list_hook starved;  ///< queue not empty, and only connections_max is in the way
};

class pool : public std::enable_shared_from_this<pool> {
 public:
  pool(event_loop& loop, client_options options);
  ~pool();

  http_client::ticket submit(prepared_ptr r, http_client::handler done);
  void cancel(http_client::ticket t);
  client_stats stats() const;
  /// Closes everything and destroys all handlers uncalled.
  void stop();

  // -- called by jobs, lanes and deadlines ----------------------------------------
  void on_due(job& j);
  void on_connected(lane& l, connected&& c);
  void on_answer(lane& l, answer&& a);
  void on_broken(lane& l, breakage&& b);
  void on_idle_too_long(lane& l);

 private:
  job& new_job();
  void free(job& j);
  job* find(http_client::ticket t);
  void finish(job& j, http_response&& r);
  void fail(job& j, failure&& f);
  void fail_later(job& j, failure f);

  origin& origin_of(const prepared_request& r);
  void dispatch(job& j);
  void enqueue(origin& o, job& j);
  void assign(lane& l, job& j);
  void dial(origin& o, job& j);
  void follow(job& j, const answer& a);
  origin* abandon(job& j);

  lane* take_idle(origin& o, verb method);
  /// True when one more connection may be opened; closes an idle one if need be.
  bool make_room(const origin& for_whom);
  void rest(lane& l);
  void remove(lane& l);
  /// After a lane of `o` became idle or is gone: who waits moves on. May erase `o`.
  void settle(origin& o);
  void note_hunger(origin& o);
  std::shared_ptr<connection> connect_line(lane& l, boost::asio::ip::tcp::socket s);

  asio::io_context& io_;
  const client_options options_;
  deadline_wheel wheel_;
  resolver names_;
  std::shared_ptr<asio::ssl::context> tls_;  ///< made when first needed
  std::deque<job> jobs_;
  std::vector<job*> free_jobs_;
  std::unordered_map<origin_key, origin, origin_key_hash> origins_;
  hook_list<lane, &lane::idle_anywhere> idle_;  ///< least recently used first
  hook_list<origin, &origin::starved> starved_;
  std::size_t lanes_ = 0;
  std::size_t queued_ = 0;
};

}  // namespace scaleit::net
