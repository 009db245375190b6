-- A course's activity by person and by item; its days are sums over people. "completed" counts different items (or people) marked done, so that a person who
-- changes their mind three times is one.

-- Of everybody, whatever their role: how much was counted, and how new it is.
CREATE TABLE IF NOT EXISTS course_by_day
(
    course_id UUID,
    day Date,
    events SimpleAggregateFunction(sum, UInt64),
    received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (course_id, day)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS course_by_day_view TO course_by_day AS
SELECT
    course_id,
    day,
    count() AS events,
    max(received_at) AS received_at
FROM activity_event
GROUP BY course_id, day;

CREATE TABLE IF NOT EXISTS course_by_person
(
    course_id UUID,
    user_id UUID,
    day Date,
    events SimpleAggregateFunction(sum, UInt64),
    duration_ms SimpleAggregateFunction(sum, UInt64),
    completed AggregateFunction(uniqExactIf, Nullable(UUID), UInt8),
    last_seen_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (course_id, user_id, day)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS course_by_person_view TO course_by_person AS
SELECT
    course_id,
    user_id,
    day,
    count() AS events,
    sum(duration_ms) AS duration_ms,
    uniqExactIfState(item_id, verb = 'item.completed') AS completed,
    max(happened_at) AS last_seen_at
FROM activity_event
GROUP BY course_id, user_id, day;

-- By person too: who counts as one who studies is known to Postgres alone, at the time of the question.
CREATE TABLE IF NOT EXISTS course_by_item_and_person
(
    course_id UUID,
    item_id UUID,
    user_id UUID,
    day Date,
    duration_ms SimpleAggregateFunction(sum, UInt64),
    opened SimpleAggregateFunction(sum, UInt64),
    completed SimpleAggregateFunction(max, UInt8),
    solutions SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (course_id, item_id, user_id, day)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS course_by_item_and_person_view TO course_by_item_and_person AS
SELECT
    course_id,
    assumeNotNull(item_id) AS item_id,
    user_id,
    day,
    sum(duration_ms) AS duration_ms,
    countIf(verb = 'page.opened') AS opened,
    max(verb = 'item.completed') AS completed,
    countIf(verb = 'solution.revealed') AS solutions
FROM activity_event
WHERE activity_event.item_id IS NOT NULL
GROUP BY course_id, item_id, user_id, day;
