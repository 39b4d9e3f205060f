-- Lists at national volume: each place and kind has its own stretch of an index, newest last, so that a page reads as
-- many rows as it shows however rare its kind is; a count by day and class reads the index alone.
DROP INDEX reports_by_code;
CREATE INDEX reports_by_code ON reports (code, kind, at, id, class);
DROP INDEX reports_by_regency;
CREATE INDEX reports_by_regency ON reports (regency, kind, at, id, class);
DROP INDEX incidents_by_code;
CREATE INDEX incidents_by_code ON incidents (code, kind, at, id);
DROP INDEX incidents_by_regency;
CREATE INDEX incidents_by_regency ON incidents (regency, kind, at, id);
CREATE INDEX dead_letters_by_reason ON dead_letters (reason, received_at, log_partition, log_offset);
CREATE INDEX alerts_ended ON alerts (regency, changed_at) WHERE outcome IS NOT NULL;
-- Figures use Mondays only.
CREATE INDEX ledger_mondays ON ledger (regency, day) WHERE day % 7 = 4;
