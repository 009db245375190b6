-- What happened, one row an event. Reports that must be exact read the rollups, which count each sealed batch once; this table is the
-- second net (the same event twice is merged to one) and what a new rollup is filled from.
-- The window of remembered insert tokens is off by default on tables without replication: a retried batch would count twice.
CREATE TABLE IF NOT EXISTS activity_event
(
    event_id UUID,
    course_id UUID,
    day Date,
    user_id UUID,
    item_id Nullable(UUID),
    verb LowCardinality(String),
    lang LowCardinality(String),
    visit Nullable(UUID),
    part Nullable(UInt32),
    -- Whole milliseconds: sums of integers are exact in any order.
    duration_ms UInt64,
    -- The device's own clock, which may say anything; milliseconds since 1970.
    device_at_ms Int64,
    happened_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    clock_jump Bool,
    stream_id UUID,
    stream_seq UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (course_id, day, event_id)
-- An insert that was answered is on the disk: Postgres forgets the event 14 days after it.
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
