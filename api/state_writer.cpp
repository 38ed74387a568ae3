#include "api/state_writer.hpp"

#include "messages/bounds.hpp"

#include <boost/asio/post.hpp>

#include <set>
#include <string_view>
#include <utility>

namespace scaleit::api {

namespace {

/// What is written together: the first of them waits for the last.
constexpr std::size_t batch_max = 64;

}  // namespace

state_writer::state_writer(state_folder folder, boost::asio::any_io_executor where)
    : folder_(std::move(folder)), where_(std::move(where)), thread_([this] { run(); }) {}

state_writer::~state_writer() { finish(); }

bool state_writer::keep(std::string name, kept_target what, done_handler done) {
  {
    const std::lock_guard lock{mutex_};
    if (finishing_ || queue_.size() >= bounds::api_waiting_max) return false;
    queue_.push_back({{std::move(name), std::move(what)}, std::move(done)});
  }
  wake_.notify_one();
  return true;
}

void state_writer::finish(std::chrono::milliseconds time) {
  {
    const std::lock_guard lock{mutex_};
    if (!finishing_) give_up_ = std::chrono::steady_clock::now() + time;
    finishing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

/// Those in front whose names differ: what comes later under the same name is another
/// write. Empty: there is nothing more to do.
std::vector<state_writer::waiting> state_writer::take_batch() {
  std::unique_lock lock{mutex_};
  wake_.wait(lock, [this] { return finishing_ || !queue_.empty(); });
  std::vector<waiting> batch;
  std::set<std::string, std::less<>> names;
  while (!queue_.empty() && batch.size() < batch_max &&
         names.insert(queue_.front().change.name).second) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

std::vector<std::optional<std::string>> state_writer::write(
    const std::vector<waiting>& batch) {
  {
    const std::lock_guard lock{mutex_};
    if (std::chrono::steady_clock::now() >= give_up_)
      return std::vector<std::optional<std::string>>(batch.size(),
                                                     "the daemon is about to end");
  }
  std::vector<state_change> changes;
  changes.reserve(batch.size());
  for (const auto& w : batch) changes.push_back(w.change);
  return folder_.write(changes);
}

void state_writer::run() {
  for (auto batch = take_batch(); !batch.empty(); batch = take_batch()) {
    auto errors = write(batch);
    for (std::size_t i = 0; i < batch.size(); ++i)
      boost::asio::post(where_, [done = std::move(batch[i].done),
                                 error = std::move(errors[i])] { done(error); });
  }
}

}  // namespace scaleit::api
