#pragma once
// SPDX-License-Identifier: Apache-2.0
// Engine: takes rounds of line blocks from the inputs, has its crew read them into hits and hand the hits to the shards in
// order of time. One round at a time: in its first half the crew parses blocks (one of them reads the next round's
// blocks meanwhile), in its second half it feeds the shards. Belongs to one thread.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crew.h"
#include "hit_maker.h"
#include "input.h"
#include "line_clock.h"
#include "noctule/analyze/analysis.h"
#include "noctule/analyze/analyze.h"
#include "shards.h"

namespace noctule {

// What the lines of one file add up to.
struct FileTotals {
  uint64_t lines = 0, unparsed = 0, ignored = 0, with_referrer = 0, with_user_agent = 0, out_of_order = 0;
  uint64_t without_referrer_column = 0, without_user_agent_column = 0;  // requests whose lines lack it (W3C #Fields that change)
  int64_t first_ms = INT64_MAX, last_ms = kNoInstant;
  int16_t first_offset_minutes = 0, last_offset_minutes = 0;  // of the log's clock at those instants
  FieldSet fields;  // of all its lines
  std::string error{};

  // Whether the column is there and says something: a server may be told to write "-" into it always.
  [[nodiscard]] bool has_referrer() const { return fields.has(Field::Referrer) && (with_referrer > 0 || lines < kLinesToTell); }
  [[nodiscard]] bool has_user_agent() const { return fields.has(Field::UserAgent) && (with_user_agent > 0 || lines < kLinesToTell); }
  static constexpr uint64_t kLinesToTell = 50;
};

struct EngineTotals {
  uint64_t edge_hits = 0, private_peer_hits = 0, hits = 0;
};

class Engine {
 public:
  Engine(const AnalyzeOptions& options, SiteHosts hosts, Addresses addresses = Addresses::OfVisitors);

  void add_input(Input input);
  // For growing files: an input whose end was reached stays open and is asked again by the next take_in().
  void keep_open() { keep_open_ = true; }
  // Hands the inputs back, for another pass by another engine.
  [[nodiscard]] std::vector<Input> take_inputs() { return std::move(inputs_); }
  // Opens none, reads none: what is there now is taken in round by round until nothing is left. on_round is called after
  // each one. For growing files it may be called again later.
  Result<void> take_in(const std::function<void()>& on_round);
  // Judges all shards. Afterwards::Release gives their memory back: the engine takes nothing in any more.
  enum class Afterwards : uint8_t { Keep, Release };
  [[nodiscard]] Result<TrackerResult> finish(Afterwards afterwards = Afterwards::Keep);

  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<FileTotals>& file_totals() const { return file_totals_; }
  [[nodiscard]] const std::vector<UnparsedExample>& unparsed_examples() const { return unparsed_examples_; }
  [[nodiscard]] uint64_t address_count(uint32_t file) const;
  [[nodiscard]] const EngineTotals& totals() const { return totals_; }
  [[nodiscard]] PageNames& names() { return names_; }
  [[nodiscard]] const SharedVerdicts& verdicts() const { return verdicts_; }
  [[nodiscard]] const SiteHosts& hosts() const { return hosts_; }
  [[nodiscard]] std::vector<HostTally> host_tally() const;
  // Counts so far; visitors are not judged yet.
  [[nodiscard]] TrackerTotals tracker_totals() const;
  [[nodiscard]] Addresses addresses() const { return addresses_; }
  [[nodiscard]] size_t agent_count() const;  // distinct user agents, at least
  [[nodiscard]] ReadProgress progress() const;
  [[nodiscard]] DayCounts::Span span() const { return days_.span(); }
  [[nodiscard]] bool parked_anything() const { return parked_anything_; }

 private:
  // One block on its way through a round.
  struct Task {
    uint32_t file = 0;
    LineBlock block;
    std::array<std::vector<Hit>, kShards> hits;
    std::array<std::vector<AddressSeen>, kShards> addresses;
    FileTotals totals;
    EngineTotals engine_totals;
    std::vector<UnparsedExample> examples;
    LineClock clock;
    DayCounts days;
  };
  struct Worker {
    HitMaker maker;
    std::vector<std::unique_ptr<LineParser>> parsers;  // by file, for stateless formats; made when a block is read with it
  };
  struct Feed {  // how far one input is
    int64_t watermark_ms = kNoInstant;  // where the lines handed to the crew stand
    int64_t latest_ms = kNoInstant;     // where they ever stood
    bool ended = false, is_stateless = true;
    std::unique_ptr<LineParser> parser;  // from the first block on; reads the lines of a format with state
  };

  void read_round(std::vector<Task>& round);
  [[nodiscard]] std::vector<uint32_t> lagging_inputs() const;
  void parse_round(std::vector<Task>& round, std::vector<Task>& next);
  void parse_block(Task& task, Worker& worker);
  void parse_line(Task& task, Worker& worker, LineParser& parser, const LineWalker& walk, std::string_view line);
  void note_unparsed(Task& task, const LineWalker& walk, std::string_view line, const LineProblem& problem) const;
  void account(std::vector<Task>& round);
  void release_ended(const std::vector<Task>& round, const std::vector<Task>& next);
  Result<void> feed_round(std::vector<Task>& round, const std::vector<Task>& next);
  Result<void> feed_shard(size_t shard, std::vector<Task>& round, int64_t until_ms, bool merge);
  Result<void> keep_within_limit();

  AnalyzeOptions options_;
  SiteHosts hosts_;
  Addresses addresses_;
  const Knowledge& knowledge_;
  SharedVerdicts verdicts_;
  PageNames names_;
  Crew crew_;
  std::vector<Input> inputs_;
  std::vector<Feed> feeds_;
  std::vector<FileTotals> file_totals_;
  std::vector<Worker> workers_;
  std::vector<Shard> shards_;
  std::array<std::vector<Hit>, kShards> waiting_;  // of inputs that are ahead of the others, by time
  std::vector<UnparsedExample> unparsed_examples_;
  EngineTotals totals_;
  DayCounts days_;
  uint64_t lines_ = 0;
  bool parked_anything_ = false, keep_open_ = false;
};

}  // namespace noctule
