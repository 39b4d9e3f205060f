-- Several workers, each with partitions of its own: fencing, and nothing that two of them write at once.

-- epoch: grows with every claim; commits: number of commits kept; complete_to: every record received before that
-- hour is in; published: what was said up to this received time is with the broker.
ALTER TABLE progress ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE progress ADD COLUMN commits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE progress ADD COLUMN complete_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE progress ADD COLUMN published BIGINT NOT NULL DEFAULT 0;

-- How far each feed's own topic is in this partition: a record that intake sent twice is taken once.
CREATE TABLE origins (
    log_partition BIGINT NOT NULL,
    topic TEXT NOT NULL,
    origin_partition BIGINT NOT NULL,
    next_offset BIGINT NOT NULL,
    PRIMARY KEY (log_partition, topic, origin_partition)
);

-- 14-day sums of units that another partition's regencies look across at, as known at a tick, and at the one before.
CREATE TABLE borders (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    tick BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    fortnight BIGINT NOT NULL,
    old_tick BIGINT NOT NULL,
    old_bucket BIGINT NOT NULL,
    old_fortnight BIGINT NOT NULL,
    PRIMARY KEY (code, kind)
);

ALTER TABLE counters RENAME TO counters_before;
CREATE TABLE counters (
    log_partition BIGINT NOT NULL,
    name TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (log_partition, name)
);
INSERT INTO counters (log_partition, name, count) SELECT 0, name, count FROM counters_before;
DROP TABLE counters_before;

ALTER TABLE heard RENAME TO heard_before;
CREATE TABLE heard (
    log_partition BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    dead_letters BIGINT NOT NULL,
    PRIMARY KEY (log_partition, feed)
);
INSERT INTO heard (log_partition, feed, class, received_at, reported_at, reports, dead_letters)
    SELECT 0, feed, class, received_at, reported_at, reports, dead_letters FROM heard_before;
DROP TABLE heard_before;

-- The version of an alert that is with the broker.
ALTER TABLE alerts ADD COLUMN published BIGINT NOT NULL DEFAULT 0;
CREATE INDEX alerts_unpublished ON alerts (regency) WHERE published < version;
