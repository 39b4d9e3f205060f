-- What each partition took in, thousands of reports to a row: read at a start instead of the rows of reports.
-- scope: of which version and whose reports; upto: everything before this offset is in this row and those before it, -1
-- where more must follow. All of it may be deleted at any time: the next start reads reports and writes it anew.
CREATE TABLE bundles (
    log_partition BIGINT NOT NULL,
    number BIGINT NOT NULL,
    scope TEXT NOT NULL,
    upto BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (log_partition, number)
);
