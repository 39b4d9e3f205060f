-- Each partition keeps the book of its own regencies; the inputs' means are put together when they are read.
ALTER TABLE ledger_inputs RENAME TO ledger_inputs_before;
CREATE TABLE ledger_inputs (
    log_partition BIGINT NOT NULL,
    kind TEXT NOT NULL,
    day BIGINT NOT NULL,
    name TEXT NOT NULL,
    mean_e6 BIGINT NOT NULL,
    districts BIGINT NOT NULL,
    PRIMARY KEY (log_partition, kind, day, name)
);
INSERT INTO ledger_inputs (log_partition, kind, day, name, mean_e6, districts)
    SELECT 0, kind, day, name, mean_e6, districts FROM ledger_inputs_before;
DROP TABLE ledger_inputs_before;
