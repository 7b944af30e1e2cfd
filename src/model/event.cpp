// SPDX-License-Identifier: Apache-2.0
// Layout: version byte, then fields in order; whole numbers as little-endian base-128 (signed ones zigzag), hashes as 8
// bytes, texts as size and bytes.
#include "noctule/model/event.h"

#include <array>
#include <bit>
#include <cstring>

namespace noctule {
namespace {

constexpr char kVersion = 1;
static_assert(std::endian::native == std::endian::little, "hashes are stored as the machine holds them");

void put_number(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void put_signed(int64_t value, std::string& out) {
  put_number((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63), out);
}

void put_hash(uint64_t value, std::string& out) {
  std::array<char, 8> bytes;
  std::memcpy(bytes.data(), &value, bytes.size());
  out.append(bytes.data(), bytes.size());
}

void put_text(std::string_view text, std::string& out) {
  put_number(text.size(), out);
  out.append(text);
}

// Reads on after an error give zeros; the error is asked for once, at the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = this->byte();
      value |= uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }

  int64_t signed_number() {
    const uint64_t value = number();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }

  uint8_t byte() {
    if (bytes_.empty()) {
      ok_ = false;
      return 0;
    }
    const auto value = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }

  uint64_t hash() {
    uint64_t value = 0;
    const std::string_view bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  std::string_view text() { return take(number()); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string_view rest() const { return bytes_; }

 private:
  std::string_view take(uint64_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace

void append_encoded(const Event& event, std::string& out) {
  out.push_back(kVersion);
  put_number(static_cast<uint32_t>(event.site), out);
  out.push_back(static_cast<char>(event.kind));
  out.push_back(static_cast<char>(event.origin));
  put_signed(event.instant_ms, out);
  put_hash(event.visitor.value(), out);
  put_hash(event.id, out);
  for (const std::string_view text : {event.name, event.host, event.path, event.referrer, event.tags, event.user_agent}) put_text(text, out);
  put_hash(event.click_hash, out);
  put_hash(event.recipient_hash, out);
  put_number(event.viewport_width, out);
  put_signed(event.engaged_ms, out);
  out.push_back(static_cast<char>(event.scroll_percent));
  out.push_back(event.interactive ? 1 : 0);
  put_text(event.properties, out);
  put_signed(event.revenue_micros, out);
  put_text(event.currency, out);
}

Result<Event> take_encoded(std::string_view& bytes) {
  Reader reader(bytes);
  const auto version = static_cast<char>(reader.byte());
  if (!reader.ok() || version != kVersion) return fail(ErrorCode::Corrupt, "an event of the journal has an unknown version");
  Event event;
  event.site = static_cast<SiteId>(reader.number());
  const uint8_t kind = reader.byte(), origin = reader.byte();
  event.kind = static_cast<EventKind>(kind);
  event.origin = static_cast<EventOrigin>(origin);
  event.instant_ms = reader.signed_number();
  event.visitor = Pseudonym(reader.hash());
  event.id = reader.hash();
  for (std::string_view* text : {&event.name, &event.host, &event.path, &event.referrer, &event.tags, &event.user_agent}) *text = reader.text();
  event.click_hash = reader.hash();
  event.recipient_hash = reader.hash();
  event.viewport_width = static_cast<uint16_t>(reader.number());
  event.engaged_ms = static_cast<int32_t>(reader.signed_number());
  event.scroll_percent = reader.byte();
  event.interactive = reader.byte() != 0;
  event.properties = reader.text();
  event.revenue_micros = reader.signed_number();
  event.currency = reader.text();
  if (!reader.ok()) return fail(ErrorCode::Corrupt, "an event of the journal breaks off");
  if (kind > static_cast<uint8_t>(EventKind::Unfurl) || origin > static_cast<uint8_t>(EventOrigin::Archive)) {
    return fail(ErrorCode::Corrupt, "an event of the journal has an unknown kind or origin");
  }
  bytes = reader.rest();
  return event;
}

}  // namespace noctule
