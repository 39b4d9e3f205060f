-- Counts of whole regencies by local day, so that ninety days of one are read in a moment however many reports they had.
-- A day that a write touched is open: its rows are counted when asked, until it is counted and closed (store::days). To
-- count at every write would change a row for nearly every report. A district's days are always counted from their rows.

-- Provinces that are not on Jakarta's time.
CREATE TABLE zones (province BIGINT NOT NULL PRIMARY KEY, minutes_east BIGINT NOT NULL);
INSERT INTO zones (province, minutes_east) VALUES
    (51, 480), (52, 480), (53, 480), (63, 480), (64, 480), (65, 480),
    (71, 480), (72, 480), (73, 480), (74, 480), (75, 480), (76, 480),
    (81, 540), (82, 540), (91, 540), (92, 540), (93, 540), (94, 540), (95, 540), (96, 540);

-- closing: who is about to count it; 0 once a write touched it again.
CREATE TABLE open_days (
    regency BIGINT NOT NULL,
    day BIGINT NOT NULL,
    closing BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (regency, day)
);
CREATE INDEX open_days_closing ON open_days (regency, day) WHERE closing <> 0;
CREATE TABLE report_days (
    regency BIGINT NOT NULL,
    day BIGINT NOT NULL,
    class TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (regency, day, class)
);
-- Incidents that were not rejected.
CREATE TABLE incident_days (
    regency BIGINT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    severity BIGINT NOT NULL,
    patrol BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (regency, day, kind, severity, patrol)
);
INSERT INTO open_days (regency, day)
SELECT DISTINCT r.regency, (r.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = r.regency / 10000), 420) * 60000000) / 86400000000 FROM reports r
UNION SELECT DISTINCT i.regency, (i.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = i.regency / 10000), 420) * 60000000) / 86400000000 FROM incidents i;

-- What states nothing (zero-reports, verifications) has no kind, and "no kind" is no place in an index that is in order
-- of kind.
CREATE INDEX reports_bare_by_code ON reports (code, at, id) WHERE kind IS NULL;
CREATE INDEX reports_bare_by_regency ON reports (regency, at, id) WHERE kind IS NULL;
