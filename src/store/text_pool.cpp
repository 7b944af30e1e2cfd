// SPDX-License-Identifier: Apache-2.0
#include "text_pool.h"

#include "noctule/base/result.h"

namespace noctule {
namespace {

constexpr size_t kOverhead = 128;  // of an entry and its place in the index

}  // namespace

TextPool::TextPool() : entries_(1) {}

TextId TextPool::take(std::string_view text) {
  if (text.empty()) return TextId::Empty;
  if (const auto found = ids_.find(text); found != ids_.end()) {
    Entry& known = entries_[found->second];
    if (known.holders++ == 0) bytes_ += text.size() + kOverhead;
    return static_cast<TextId>(found->second);
  }
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(entries_.size()));
    entries_.emplace_back();
  }
  const uint32_t id = free_.back();
  free_.pop_back();
  Entry& entry = entries_[id];
  entry.text = text;
  entry.holders = 1;
  ids_.emplace(entry.text, id);
  bytes_ += text.size() + kOverhead;
  return static_cast<TextId>(id);
}

void TextPool::release(TextId id) {
  if (id == TextId::Empty) return;
  Entry& entry = entries_[static_cast<size_t>(id)];
  NOCT_ASSERT(entry.holders > 0);
  if (--entry.holders > 0) return;
  bytes_ -= entry.text.size() + kOverhead;
  if (entry.released) return;
  entry.released = true;
  released_.push_back(static_cast<uint32_t>(id));
}

void TextPool::sweep() {
  for (const uint32_t id : released_) {
    Entry& entry = entries_[id];
    entry.released = false;
    if (entry.holders > 0) continue;  // taken again since
    ids_.erase(entry.text);
    entry.text = std::string();
    free_.push_back(id);
  }
  released_.clear();
}

}  // namespace noctule
