#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Store over DuckDB. One connection writes, a few read; a database that refuses everything after a failed write to the
// disk is opened anew by the next call.
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "duck.h"
#include "interrupter.h"

namespace noctule {

class DuckStore final : public Store {
 public:
  static Result<std::unique_ptr<DuckStore>> open(const DuckOptions& options);

  Result<void> append(BatchId batch, std::span<const EventRow> rows, std::span<const uint64_t> event_ids) override;
  Result<BatchId> loaded_through() override;
  Result<void> add(const NextRows& next_rows, std::span<const Statement> also) override;
  Result<Table> read(const Statement& statement) override;
  Result<void> write(std::span<const Statement> statements) override;
  [[nodiscard]] const Dialect& dialect() const override;
  Result<StoreStatus> status() override;
  Result<std::vector<std::string>> check() override;
  Result<void> backup_to(const std::string& path) override;
  Result<void> export_to(const Statement& statement, const std::string& path, std::string_view format) override;

 private:
  // A database that is open, with its connections.
  struct Session {
    explicit Session(duck::Database opened) : database(std::move(opened)) {}
    duck::Database database;
    std::optional<duck::Connection> writer;
    std::vector<duck::Connection> readers;
    std::vector<duck::Connection*> idle;
    BatchId loaded = BatchId::None;
  };
  class Reader;

  explicit DuckStore(const DuckOptions& options) : options_(options) {}
  Result<std::unique_ptr<Session>> open_session() const;
  [[nodiscard]] Result<void> create_file() const;
  Result<void> prepare(Session& session) const;
  // Runs within a session that works; gate_ is held shared meanwhile.
  template <typename T>
  Result<T> use(const std::function<Result<T>(Session&)>& body);
  Result<void> reopen();
  Result<void> transact(Session& session, const std::function<Result<void>(duck::Connection&)>& body);
  Result<void> append_batch(Session& session, BatchId batch, std::span<const EventRow> rows, std::span<const uint64_t> event_ids);
  Result<void> forget_old_batches(Session& session, int64_t now_ms);
  [[nodiscard]] int64_t now_ms() const;

  DuckOptions options_;
  std::shared_mutex gate_;      // exclusive: while the session is replaced
  std::unique_ptr<Session> session_;
  std::mutex writer_mutex_;
  std::mutex readers_mutex_;
  std::condition_variable reader_idle_;
  int64_t forgot_ms_ = 0;       // under writer_mutex_
  Interrupter interrupter_;
};

}  // namespace noctule
