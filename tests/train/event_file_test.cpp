// TensorBoard's events, read back by a reader that knows nothing of the writer.

#include "event_file.h"

#include <bit>
#include <cmath>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "image/image_reader.h"
#include "loss_table.h"
#include "runs.h"
#include "synthetic.h"

namespace ganlet::train {
namespace {

using test::begun;
using test::content_of;
using test::Folder;
using test::loaded;
using test::quiet_run;
using test::squares;

/// CRC32C bit by bit, by its definition.
std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32c, HasTheValuesOfItsStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U); // RFC 3720, appendix B.4's polynomial; the usual check value
  const std::uint32_t crc = crc32c("some bytes");
  EXPECT_EQ(masked_crc32c("some bytes"), ((crc >> 15) | (crc << 17)) + 0xa282ead8U);
}

/// A protobuf message's fields by number: whole numbers, floats and doubles as bits, the rest as bytes.
struct Fields {
  std::multimap<int, std::uint64_t> numbers;
  std::multimap<int, std::string> texts;

  std::string text(int field) const { return texts.contains(field) ? texts.find(field)->second : ""; }
  std::uint64_t number(int field) const { return numbers.contains(field) ? numbers.find(field)->second : 0; }
};

std::uint64_t take_bytes(std::string_view& text, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i)
    number |= std::uint64_t{static_cast<std::uint8_t>(text.at(i))} << (8 * i);
  text.remove_prefix(count);
  return number;
}

std::uint64_t take_varint(std::string_view& text) {
  std::uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(text.at(0));
    text.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80)
      return number;
  }
}

Fields fields_of(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::uint64_t tag = take_varint(text);
    const int field = static_cast<int>(tag >> 3), type = static_cast<int>(tag & 7);
    if (type == 2) {
      const std::uint64_t size = take_varint(text);
      fields.texts.emplace(field, text.substr(0, size));
      text.remove_prefix(size);
    } else {
      fields.numbers.emplace(field, type == 0 ? take_varint(text) : take_bytes(text, type == 1 ? 8 : 4));
    }
  }
  return fields;
}

struct Event {
  double wall_time = 0;
  std::int64_t step = 0;
  std::string version;
  Fields value; ///< of Summary.Value: 1 the tag, 2 a float, 4 an image, 8 a tensor, 9 metadata
};

/// Every record, with its checksums looked at.
std::vector<Event> events_in(const std::filesystem::path& file) {
  const std::string bytes = content_of(file);
  std::string_view left(bytes);
  const auto masked = [](std::string_view data) { return (crc32c(data) >> 15 | crc32c(data) << 17) + 0xa282ead8; };
  std::vector<Event> events;
  while (!left.empty()) {
    const std::string_view length = left.substr(0, 8);
    const std::uint64_t size = take_bytes(left, 8);
    EXPECT_EQ(take_bytes(left, 4), masked(length));
    const std::string_view data = left.substr(0, size);
    left.remove_prefix(size);
    EXPECT_EQ(take_bytes(left, 4), masked(data));
    const Fields fields = fields_of(data);
    Event event{
        std::bit_cast<double>(fields.number(1)), static_cast<std::int64_t>(fields.number(2)), fields.text(3), {}};
    if (fields.texts.contains(5))
      event.value = fields_of(fields_of(fields.text(5)).text(1));
    events.push_back(std::move(event));
  }
  return events;
}

/// Scalars by tag and step, as floats.
std::map<std::pair<std::string, std::int64_t>, float> scalars_in(const std::vector<Event>& events) {
  std::map<std::pair<std::string, std::int64_t>, float> scalars;
  for (const Event& event : events)
    if (event.value.numbers.contains(2))
      EXPECT_TRUE(scalars
                      .emplace(std::pair(event.value.text(1), event.step),
                               std::bit_cast<float>(static_cast<std::uint32_t>(event.value.number(2))))
                      .second)
          << "twice: " << event.value.text(1) << " at " << event.step;
  return scalars;
}

Settings small_settings(std::int64_t steps) {
  Settings settings{.batch = 10};
  settings.options.steps = steps;
  return settings;
}

void expect_log_and_events_agree(const Folder& folder) {
  const Result<LossTable> table = read_loss_table(folder / "log.csv");
  ASSERT_TRUE(table) << table.error().text();
  const auto scalars = scalars_in(events_in(folder / events_file));
  EXPECT_EQ(scalars.size(), table->names.size() * table->steps.size());
  for (std::size_t column = 0; column < table->names.size(); ++column)
    for (std::size_t row = 0; row < table->steps.size(); ++row) {
      const bool is_loss = table->names[column] != "images_per_second";
      const auto found = scalars.find({(is_loss ? "loss/" : "") + table->names[column], table->steps[row]});
      ASSERT_NE(found, scalars.end()) << table->names[column] << " at " << table->steps[row];
      const double logged = table->columns[column][row];
      EXPECT_NEAR(found->second, logged, 1e-5 * std::abs(logged)); // six digits in log.csv
    }
}

TEST(EventFile, HoldsLossesConfigAndSamplesOfARun) {
  const Folder folder;
  Checkpoint checkpoint = begun(folder, small_settings(6));
  RunOptions run = quiet_run(folder);
  run.samples_every = 4;
  ASSERT_TRUE(train(checkpoint, squares(30, 1), run));
  expect_log_and_events_agree(folder);
  const std::vector<Event> events = events_in(folder / events_file);
  EXPECT_EQ(events[0].version, "brain.Event:2");
  EXPECT_GT(events[0].wall_time, 1.6e9);
  EXPECT_EQ(events[1].value.text(1), "config");
  EXPECT_EQ(fields_of(fields_of(events[1].value.text(9)).text(1)).text(1), "text");
  const std::string shown = fields_of(events[1].value.text(8)).text(8);
  EXPECT_NE(shown.find("\n      \"family\": \"cgan\","), std::string::npos) << shown;
  std::vector<std::int64_t> steps;
  for (const Event& event : events)
    if (event.value.texts.contains(4)) {
      steps.push_back(event.step);
      const Fields picture = fields_of(event.value.text(4));
      const std::string png = picture.text(4);
      const Result<Image> image = decode_image(std::as_bytes(std::span(png)), "event");
      ASSERT_TRUE(image) << image.error().text();
      EXPECT_EQ(image->width, static_cast<int>(picture.number(2)));
      EXPECT_EQ(image->height, 280);
    }
  EXPECT_EQ(steps, (std::vector<std::int64_t>{4, 6}));
}

TEST(EventFile, ContinuesAfterTheCheckpointOfARunThatBroke) {
  const Folder folder;
  const Dataset data = squares(30, 1);
  Checkpoint checkpoint = begun(folder, small_settings(9));
  RunOptions run = quiet_run(folder);
  volatile std::sig_atomic_t stop = 1;
  run.stop = &stop;
  for (int step = 0; step < 3; ++step)
    ASSERT_FALSE(train(checkpoint, data, run));
  // What a run leaves that is killed after its checkpoint: later events, and half a record.
  const std::string before = content_of(folder / events_file);
  Result<EventFile> more = EventFile::open(folder / events_file, 3);
  ASSERT_TRUE(more);
  EXPECT_EQ(content_of(folder / events_file), before);
  more->add_scalar(4, "loss/generator", 77);
  ASSERT_TRUE(more->flush());
  test::write_content(folder / events_file,
                      content_of(folder / events_file) + std::string("\x20\0\0\0\0\0\0\0tail", 12));
  Checkpoint resumed = loaded(folder);
  run.stop = nullptr;
  ASSERT_TRUE(train(resumed, data, run));
  expect_log_and_events_agree(folder);
}

} // namespace
} // namespace ganlet::train
