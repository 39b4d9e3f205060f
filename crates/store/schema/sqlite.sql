-- The state, on SQLite. `postgres.sql` holds the same tables and columns (a test compares them).
-- Only TEXT, BIGINT and BLOB columns: times are microseconds since 1970 UTC, days are whole days since 1970, codes are
-- numbers (16.13.04 is 161304, 16.13 is 161300), shares and risks are parts per million, yes and no are 1 and 0. Columns marked "sealed" pass through the store's codec.
-- The id of a report or incident is its name: 26 characters of the id that its feed gave it, a hyphen, and the feed as 8
-- hexadecimal digits. A report's identity is (id, regency): the same id of two feeds, or in two regencies, is two reports.

-- ---------------------------------------------------------------------------------------------------------------------
-- Partitions of the log
-- ---------------------------------------------------------------------------------------------------------------------

-- One row for each partition: how far it is committed, and who owns it.
CREATE TABLE progress (
    log_partition BIGINT NOT NULL PRIMARY KEY,
    next_offset BIGINT NOT NULL,
    clock BIGINT NOT NULL,                      -- effective received time of the last record
    last_tick BIGINT NOT NULL,                  -- hours since 1970
    epoch BIGINT NOT NULL DEFAULT 0,            -- grows with every claim; commits of older epochs are refused
    commits BIGINT NOT NULL DEFAULT 0,
    complete_to BIGINT NOT NULL DEFAULT 0,      -- every record received before this hour is in
    published BIGINT NOT NULL DEFAULT 0,        -- what was emitted up to this received time is with the broker
    stepped_from BIGINT NOT NULL DEFAULT 0,     -- what the clock had come to when it was last set back; 0: it never was
    stepped_to BIGINT NOT NULL DEFAULT 0        -- to what it was set back
);

-- How far each feed's own topic is in a partition: a record that intake sent twice is taken once.
CREATE TABLE topic_offsets (
    log_partition BIGINT NOT NULL,
    topic TEXT NOT NULL,
    origin_partition BIGINT NOT NULL,
    next_offset BIGINT NOT NULL,
    PRIMARY KEY (log_partition, topic, origin_partition)
);

-- The 14-day sum of a unit that other partitions look across at: as the newest tick saw it, and as the one before did.
-- Sums are the bits of a double, faded from the bucket's hour.
CREATE TABLE borders (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    tick BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    sum_14d BIGINT NOT NULL,
    previous_tick BIGINT NOT NULL,
    previous_bucket BIGINT NOT NULL,
    previous_sum_14d BIGINT NOT NULL,
    PRIMARY KEY (code, kind)
);

-- A chunk of a partition's snapshot: some thousand reports as they came, read at a start instead of the rows of
-- `reports`. Numbers below zero are the partition's state as it stood at the offset. Rows may be deleted at any time: the next
-- start reads `reports` and writes them again.
CREATE TABLE snapshots (
    log_partition BIGINT NOT NULL,
    number BIGINT NOT NULL,
    scope TEXT NOT NULL,                        -- the format's version, and whose reports these are
    upto BIGINT NOT NULL,                       -- everything before this offset is in this row and those before it; -1: more follows
    bytes BLOB NOT NULL,
    PRIMARY KEY (log_partition, number)
);

-- The last number given out of each named series.
CREATE TABLE serials (name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL);

-- How many records of a partition ended as what: `outcome.incident`, `dead.schema`, `late` …
CREATE TABLE counters (
    log_partition BIGINT NOT NULL,
    name TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (log_partition, name)
);

-- Recurring jobs: when each is due, who runs it under which lease, how its last run ended.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,                       -- the process that runs it; empty where none does
    lease_until BIGINT NOT NULL,
    epoch BIGINT NOT NULL,                      -- grows with every lease
    last_run BIGINT,
    next_run BIGINT NOT NULL,
    last_error TEXT,                            -- why the last run failed; NULL where it did not
    failures BIGINT NOT NULL                    -- runs that failed since the last one that did not
);

-- What is pulled from agencies: whether it is on, how the last try ended, and what the last good answer was.
CREATE TABLE pulls (
    source TEXT NOT NULL PRIMARY KEY,
    is_on BIGINT NOT NULL,
    url TEXT NOT NULL,
    tried_at BIGINT,
    good_at BIGINT,                             -- when everything came last
    failure TEXT,                               -- why the last try failed; NULL where it did not
    wait_until BIGINT,                          -- before, the agency does not want to be asked
    etag TEXT NOT NULL,
    modified TEXT NOT NULL,
    answer BLOB NOT NULL,                       -- the last good answer
    documents TEXT NOT NULL,                    -- those of it that were taken, one a line
    signals BIGINT NOT NULL,                    -- what the last try brought that was new
    doubts TEXT NOT NULL                        -- what of it was not believed, one a line
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Reports and incidents
-- ---------------------------------------------------------------------------------------------------------------------

-- One row for each report; records that lost their id to it are in `duplicates`.
CREATE TABLE reports (
    id TEXT NOT NULL,
    regency BIGINT NOT NULL,
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    code BIGINT NOT NULL,
    kind TEXT,                                  -- NULL where nothing is stated (zero-report, verification, retraction)
    handling TEXT NOT NULL,
    at BIGINT NOT NULL,                         -- when it occurred; when it was reported where nothing occurred
    reported_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    late BIGINT NOT NULL,                       -- 1: came after newer ones of its district
    beyond_horizon BIGINT NOT NULL,             -- 1: occurred before the repair horizon; kept, and changed nothing
    doubtful BIGINT NOT NULL DEFAULT 0,         -- 1: its sender's clock cannot be believed
    organisation TEXT NOT NULL DEFAULT '',      -- whose word it gives, as stamped when it came; empty: its feed's own
    party BIGINT NOT NULL DEFAULT 0,            -- 1: it spoke for a party when it came
    speaker_account BIGINT NOT NULL DEFAULT 0,  -- who speaks in it (domain::evidence::speaker): the person, or else the feed's account
    speaker_login BIGINT NOT NULL DEFAULT 0,    -- the account itself
    speaker_word BIGINT NOT NULL DEFAULT 0,     -- the organisation whose word it gives; below 0: one of a class whom nobody named
    outcome TEXT NOT NULL,                      -- empty until the pipeline has decided it
    incident TEXT,
    set_aside BIGINT NOT NULL DEFAULT 0,        -- 1: the desk rejected it and another of its incident stands
    reporter BLOB,                              -- sealed: a pseudonym
    account BLOB,                               -- sealed: who typed it; NULL where its feed sent it
    summary BLOB,                               -- sealed
    lat_e6 BIGINT,
    lon_e6 BIGINT,
    hash BLOB NOT NULL,
    encoded BLOB NOT NULL,                      -- the report as the pipeline reads it (store::codec)
    PRIMARY KEY (id, regency)
);
CREATE UNIQUE INDEX reports_by_offset ON reports (log_partition, log_offset);
CREATE INDEX reports_by_time ON reports (at, id);
-- Each place and kind has its own stretch of an index, newest last: a page reads as many rows as it shows. What states
-- nothing has no kind, and "no kind" is no place in an index that is in order of kind.
CREATE INDEX reports_by_code ON reports (code, kind, at, id, class);
CREATE INDEX reports_by_regency ON reports (regency, kind, at, id, class);
CREATE INDEX reports_without_kind_by_code ON reports (code, at, id) WHERE kind IS NULL;
CREATE INDEX reports_without_kind_by_regency ON reports (regency, at, id) WHERE kind IS NULL;
-- Denials and endings of which nobody knows which incident they speak of.
CREATE INDEX reports_unplaced_remarks ON reports (regency, at, id) WHERE outcome = 'statement' AND incident IS NULL;
-- What a sender's wrong clock would hide.
CREATE INDEX reports_doubtful ON reports (regency, received_at, id) WHERE doubtful = 1;
CREATE INDEX reports_by_feed ON reports (feed, at, id);
-- What was taken back or corrected, by who spoke and by feed: asked for each message, beside others who may take back thousands a second.
CREATE INDEX reports_taken_back ON reports (feed, outcome, (CASE doubtful WHEN 1 THEN received_at ELSE at END), id)
    WHERE outcome = 'retracted' OR outcome = 'superseded';
CREATE INDEX reports_taken_back_account ON reports (regency, speaker_account, outcome, (CASE doubtful WHEN 1 THEN received_at ELSE at END), id)
    WHERE outcome = 'retracted' OR outcome = 'superseded';
CREATE INDEX reports_taken_back_login ON reports (regency, speaker_login, outcome, (CASE doubtful WHEN 1 THEN received_at ELSE at END), id)
    WHERE outcome = 'retracted' OR outcome = 'superseded';
CREATE INDEX reports_taken_back_word ON reports (regency, speaker_word, outcome, (CASE doubtful WHEN 1 THEN received_at ELSE at END), id)
    WHERE outcome = 'retracted' OR outcome = 'superseded';
CREATE INDEX reports_taken_back_class ON reports (regency, class, outcome, (CASE doubtful WHEN 1 THEN received_at ELSE at END), id)
    WHERE outcome = 'retracted' OR outcome = 'superseded';
CREATE INDEX reports_by_incident ON reports (incident, regency);

-- The original bytes of a report, apart: only the page of one report reads them.
CREATE TABLE payloads (
    id TEXT NOT NULL,
    regency BIGINT NOT NULL,
    bytes BLOB NOT NULL,                        -- sealed
    PRIMARY KEY (id, regency)
);

-- Records whose id another record of the same feed and regency holds.
CREATE TABLE duplicates (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    id TEXT NOT NULL,
    regency BIGINT NOT NULL,
    feed TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    encoded BLOB NOT NULL,
    bytes BLOB,                                 -- sealed; empty where they are those of the report that holds the id
    PRIMARY KEY (log_partition, log_offset)
);
CREATE INDEX duplicates_by_id ON duplicates (id, regency);

-- Which report names which: corrections, replacements, retractions and verifications, within one regency. A target without a feed is
-- the one report of the regency that has that id.
CREATE TABLE report_links (
    target TEXT NOT NULL,
    regency BIGINT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (target, regency, report)
);

-- The period a zero-report speaks of.
CREATE TABLE zero_reports (
    id TEXT NOT NULL,
    regency BIGINT NOT NULL,
    code BIGINT NOT NULL,
    village BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    PRIMARY KEY (id, regency)
);
CREATE INDEX zero_reports_by_code ON zero_reports (code, to_at);
CREATE INDEX zero_reports_by_time ON zero_reports (to_at, id);

-- One row for each incident as it now stands; its id is that of its earliest report.
CREATE TABLE incidents (
    id TEXT NOT NULL,
    regency BIGINT NOT NULL,
    code BIGINT NOT NULL,
    village BIGINT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    at BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    stage TEXT,
    reports BIGINT NOT NULL,
    dead BIGINT NOT NULL,
    injured BIGINT NOT NULL,
    displaced BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    patrol BIGINT NOT NULL,                     -- 1: only patrols found it
    denials BIGINT NOT NULL DEFAULT 0,          -- reports that deny it
    ended_at BIGINT,                            -- when it was over, by the latest report that says so
    attested_severity BIGINT NOT NULL DEFAULT 0, -- what two speakers affirm; severity and people above are as claimed
    attested_dead BIGINT NOT NULL DEFAULT 0,
    attested_injured BIGINT NOT NULL DEFAULT 0,
    attested_displaced BIGINT NOT NULL DEFAULT 0,
    counted_severity BIGINT NOT NULL DEFAULT 0, -- what features, rules and the ledger count
    awas BIGINT NOT NULL DEFAULT 0,             -- the severity that two speakers affirm of whom one is not involved
    speakers BIGINT NOT NULL DEFAULT 0,
    to_check TEXT,                              -- why somebody must look into it
    awas_asked_by TEXT,                         -- the verification by which one person of the desk asks for awas
    awas_asked_at BIGINT,
    take_back_asked_by TEXT,                    -- the record by which one person of the desk takes some of it back
    take_back_asked_at BIGINT,
    opens_until BIGINT,                         -- until when it opens an alert by itself where nothing stands
    raises TEXT,                                -- the level that it raises by itself
    reported_until BIGINT NOT NULL DEFAULT 0,       -- when the latest happened in it that is news by itself, as its reports say
    reported_by_two_until BIGINT NOT NULL DEFAULT 0, -- the same by two speakers
    PRIMARY KEY (id, regency)
);
CREATE INDEX incidents_by_time ON incidents (at, id);
CREATE INDEX incidents_by_code ON incidents (code, kind, at, id);
CREATE INDEX incidents_to_check ON incidents (regency, at, id) WHERE to_check IS NOT NULL;
CREATE INDEX incidents_disputed ON incidents (regency, at, id) WHERE denials > 0 AND verdict = 'unverified';
CREATE INDEX incidents_awas_asked ON incidents (regency, awas_asked_at, id) WHERE awas_asked_at IS NOT NULL;
CREATE INDEX incidents_take_back_asked ON incidents (regency, take_back_asked_at, id) WHERE take_back_asked_at IS NOT NULL;
CREATE INDEX incidents_by_regency ON incidents (regency, kind, at, id);

-- Reports of a regency by local day and feed class. The commit that writes the reports counts them.
CREATE TABLE daily_reports (
    regency BIGINT NOT NULL,
    day BIGINT NOT NULL,
    class TEXT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (regency, day, class)
);

-- Incidents of a regency that were not rejected, by local day. The commit that writes the incidents counts them.
CREATE TABLE daily_incidents (
    regency BIGINT NOT NULL,
    kind TEXT NOT NULL,
    day BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    patrol BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (regency, kind, day, severity, patrol)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- What the pipeline emitted
-- ---------------------------------------------------------------------------------------------------------------------

-- Every assessment of a (unit, kind, horizon), by the received time it was emitted at.
CREATE TABLE assessments (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    emitted_at BIGINT NOT NULL,
    risk_ppm BIGINT NOT NULL,
    base_ppm BIGINT NOT NULL,
    baseline_ppm BIGINT NOT NULL,
    level TEXT NOT NULL,
    completeness_ppm BIGINT NOT NULL,
    model TEXT NOT NULL,
    calibrated BIGINT NOT NULL,
    features TEXT NOT NULL,                     -- JSON: feature to value
    contributions TEXT NOT NULL,                -- JSON: `intercept` and each feature's share of the logit
    PRIMARY KEY (kind, horizon, code, emitted_at)
);

-- When each (unit, kind, horizon) was assessed last.
CREATE TABLE newest_assessments (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    emitted_at BIGINT NOT NULL,
    PRIMARY KEY (kind, horizon, code)
);

-- The condition of a (unit, kind) as it was emitted last, cleared ones too.
CREATE TABLE conditions (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    change TEXT NOT NULL,
    level TEXT NOT NULL,
    since BIGINT NOT NULL,
    reasons TEXT NOT NULL,                      -- JSON
    evidence TEXT NOT NULL,                     -- ids of incidents with a space between
    unverified BIGINT NOT NULL,
    completeness_ppm BIGINT NOT NULL,
    policy TEXT NOT NULL,
    PRIMARY KEY (code, kind)
);

-- The level that the condition of a (unit, kind) gave it from an instant on; `low` where none stands.
CREATE TABLE condition_levels (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (code, kind, at)
);

-- What the pipeline must remember of a (unit, kind), in its own format.
CREATE TABLE cell_memory (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (code, kind)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Alerts and messages
-- ---------------------------------------------------------------------------------------------------------------------

-- One row for each alert as it now stands.
CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,               -- regency, year and serial: 16.13-2026-0007
    code BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    state TEXT NOT NULL,
    live BIGINT NOT NULL,                       -- 1 while it is somebody's work
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    assignee TEXT,
    outcome TEXT,
    stale BIGINT NOT NULL,
    cleared_at BIGINT,
    unverified BIGINT NOT NULL,
    reached_at BIGINT NOT NULL,                 -- when it came to its present level
    peak TEXT NOT NULL,                         -- the highest level it ever had
    published BIGINT NOT NULL DEFAULT 0,        -- the version that is with the broker
    one_party BIGINT NOT NULL DEFAULT 0,        -- 1: it rests on what one party claims
    accepted TEXT,                              -- the level at which a person took it on since it last fell or cleared
    withdrawal_at BIGINT,                       -- when one person asked to take it back, as long as that is open
    withdrawal_account TEXT,                    -- who asked, and whose account it is
    withdrawal_person TEXT,
    withdrawal_outcome TEXT,                    -- how it is to end then
    answered TEXT                               -- the level at which the place stands by what the person answered who ended the alert before
);
CREATE UNIQUE INDEX alerts_one_live ON alerts (code, kind) WHERE live = 1;
CREATE INDEX alerts_live ON alerts (opened_at, id) WHERE live = 1;
CREATE INDEX alerts_lately_ended ON alerts (changed_at, id) WHERE live = 0;
CREATE INDEX alerts_by_regency ON alerts (regency, opened_at, id);
CREATE INDEX alerts_by_time ON alerts (opened_at, id);
CREATE INDEX alerts_by_code ON alerts (code, opened_at, id);
CREATE INDEX alerts_by_state ON alerts (state, opened_at, id);
CREATE INDEX alerts_unpublished ON alerts (regency) WHERE published < version;
CREATE INDEX alerts_ended ON alerts (regency, changed_at) WHERE outcome IS NOT NULL;

-- One row for each version of an alert. Append-only: triggers refuse deletion and every change but emptying the content.
CREATE TABLE alert_history (
    alert TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    hash BLOB NOT NULL,                         -- over the previous line's hash and this line
    PRIMARY KEY (alert, version)
);

-- One row for each thing the team must be notified of.
CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY,
    alert TEXT NOT NULL,
    version BIGINT NOT NULL,
    change TEXT NOT NULL,
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    at BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE done = 0;
CREATE INDEX outbox_by_alert ON outbox (alert, id);
CREATE INDEX outbox_by_cell ON outbox (code, kind, id);
CREATE INDEX outbox_by_regency ON outbox ((code / 100), id);
CREATE INDEX outbox_questions ON outbox (at, id) WHERE change IN ('check', 'second');

-- Alerts of which the desk alone was notified because one source speaks for them: the others are owed a message.
CREATE TABLE withheld_alerts (
    alert TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL DEFAULT 0             -- the first item of the outbox that went to the desk alone; 0: not known, then all count
);

-- One row for each item, person and channel.
CREATE TABLE deliveries (
    outbox BIGINT NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    at BIGINT NOT NULL,
    last_error TEXT,
    id BIGINT NOT NULL,                         -- sent to receivers, so that they can drop a repetition
    next_try_at BIGINT NOT NULL,                -- by the machine's own clock, as the three below
    due_at BIGINT NOT NULL DEFAULT 0,           -- from when it may go out, and how late it is counts
    claims BIGINT NOT NULL DEFAULT 0,           -- how often a notifier took it: above 0 it may have arrived
    sent_at BIGINT,                             -- when it was taken by the receiver
    provider_id TEXT,                           -- by which a provider's receipts name the message it took last
    next_receipt_at BIGINT,                     -- when its receipt is next asked for or found missing; NULL: not waited for
    receipt_at BIGINT,                          -- when the provider said what became of it, by the service's clock
    PRIMARY KEY (outbox, person, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (next_try_at, id) WHERE state = 'queued';
CREATE INDEX deliveries_awaiting_receipt ON deliveries (next_receipt_at) WHERE state = 'sent' AND next_receipt_at IS NOT NULL;
CREATE INDEX deliveries_by_provider_id ON deliveries (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX deliveries_by_id ON deliveries (id);
CREATE INDEX deliveries_by_person ON deliveries (person, outbox);

-- What the last try of a delivery said.
CREATE TABLE message_words (
    delivery BIGINT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
);

-- Every try of every delivery; error is NULL where the receiver took it.
CREATE TABLE delivery_attempts (
    delivery BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (delivery, number)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Feeds, dead letters, people
-- ---------------------------------------------------------------------------------------------------------------------

-- Registered feeds.
CREATE TABLE feeds (
    name TEXT NOT NULL PRIMARY KEY,
    class TEXT NOT NULL,
    areas TEXT NOT NULL,
    token_sha256 BLOB NOT NULL,
    enabled BIGINT NOT NULL,
    paused_until BIGINT NOT NULL DEFAULT 0,     -- nearly all it sent was refused: nothing of it is read until then; 0: not paused
    since BIGINT NOT NULL DEFAULT 0,            -- when it was registered
    organisation TEXT NOT NULL DEFAULT '',      -- whose word it gives, by its identifier; empty: it is its own
    party BIGINT NOT NULL DEFAULT 0,             -- 1: it speaks for a party to the disputes of its place
    organisation_name TEXT NOT NULL DEFAULT ''  -- what that organisation is called now; empty: as its identifier says
);
CREATE UNIQUE INDEX feeds_by_token ON feeds (token_sha256);

-- What each organisation is and was called: no other one is ever called so.
CREATE TABLE organisation_names (
    name TEXT NOT NULL PRIMARY KEY,
    organisation TEXT NOT NULL                  -- its identifier
);

-- When each feed was heard, by its name; also feeds that only an import named.
CREATE TABLE feed_activity (
    log_partition BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    first_at BIGINT NOT NULL,                   -- the earliest reported_at
    reports BIGINT NOT NULL,
    dead_letters BIGINT NOT NULL,
    PRIMARY KEY (log_partition, feed)
);

-- Records that could not become a report.
CREATE TABLE dead_letters (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    reason TEXT NOT NULL,
    field TEXT NOT NULL,
    detail TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (log_partition, log_offset)
);
CREATE INDEX dead_letters_by_time ON dead_letters (received_at, log_partition, log_offset);
CREATE INDEX dead_letters_by_reason ON dead_letters (reason, received_at, log_partition, log_offset);

-- Their original bytes, apart: read one at a time.
CREATE TABLE dead_letter_bytes (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    bytes BLOB NOT NULL,                        -- sealed
    PRIMARY KEY (log_partition, log_offset)
);

-- Who a pseudonym is. The key is the SHA-256 of the pseudonym, since what is sealed cannot be looked up.
CREATE TABLE identities (
    reporter_sha256 BLOB NOT NULL PRIMARY KEY,
    reporter BLOB NOT NULL,                     -- sealed
    identity BLOB NOT NULL                      -- sealed, beside what the caller did to it
);

CREATE TABLE users (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    areas TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    person TEXT NOT NULL DEFAULT '',            -- whose account it is, by an identifier; empty: the account is its own person
    feed TEXT NOT NULL DEFAULT ''                -- the feed that a reporter's account reports for; empty: no reporter's
);

-- Logins that hold until they expire.
CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_name);

-- One-time links by which people of the roster answer as the second person: of the link's token the SHA-256 alone, likewise of
-- what the browser holds that it was first opened in. A request is a record's name, or end/<alert>/<version of the line that asks>.
CREATE TABLE second_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    regency BIGINT NOT NULL,
    request TEXT NOT NULL,
    person TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    browser_hash BLOB,
    answer TEXT
);
CREATE UNIQUE INDEX second_links_by_person ON second_links (regency, request, person);

-- Files of tables that somebody of the desk sent: what was chosen for them and what was taken of them, as the page writes it.
CREATE TABLE table_uploads (
    id TEXT NOT NULL PRIMARY KEY,
    regency BIGINT NOT NULL,
    account TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    -- SHA-256 in hex: by it the same file is known again.
    file_hash TEXT NOT NULL,
    choices TEXT NOT NULL,
    taken_at BIGINT,
    reports TEXT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX table_uploads_by_regency ON table_uploads (regency, uploaded_at);

-- Their bytes, sealed, for a day: such a file may name people.
CREATE TABLE uploaded_files (
    upload TEXT NOT NULL PRIMARY KEY,
    uploaded_at BIGINT NOT NULL,
    bytes BLOB NOT NULL
);

-- Files that were put into the log as archives, by whom, and how many of their reports were new.
CREATE TABLE imports (
    number BIGINT NOT NULL PRIMARY KEY,
    began_at BIGINT NOT NULL,
    account TEXT NOT NULL,
    feed TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    records BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    ended_at BIGINT,
    taken_back_at BIGINT,
    taken_back_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX imports_by_hash ON imports (file_hash, number);

-- Which reports were new, a thousand a row, written before they are put into the log: 22 bytes each, the id, the district and the village.
CREATE TABLE imported_parts (
    import BIGINT NOT NULL,
    part BIGINT NOT NULL,
    reports BLOB NOT NULL,
    PRIMARY KEY (import, part)
);

-- What the columns of the tables of a source hold, as the desk corrected it.
CREATE TABLE kept_mappings (
    source TEXT NOT NULL PRIMARY KEY,
    mapping TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- ---------------------------------------------------------------------------------------------------------------------
-- The ledger: what was forecast each day (UTC), what became of it, and who was asked. Forecasts, outcomes and answers
-- are append-only (triggers); a correction is a further row, the highest number counts.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE ledger (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    day BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    risk_ppm BIGINT NOT NULL,
    base_ppm BIGINT NOT NULL,
    baseline_ppm BIGINT NOT NULL,
    level TEXT NOT NULL,
    completeness_ppm BIGINT NOT NULL,
    model TEXT NOT NULL,
    calibrated BIGINT NOT NULL,
    PRIMARY KEY (kind, horizon, code, day)
);
CREATE INDEX ledger_by_day ON ledger (day, horizon);
-- Figures use Mondays only.
CREATE INDEX ledger_mondays ON ledger (regency, day) WHERE day % 7 = 4;

CREATE TABLE ledger_outcomes (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    day BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    why TEXT NOT NULL,
    saw BIGINT,                                 -- 1: the verifier had seen the risk, 0: had not, NULL: nobody answered
    checked BIGINT NOT NULL,                    -- 1: a call of the weekly sample decided
    PRIMARY KEY (kind, horizon, code, day, number)
);

-- Cells and days whose evidence moved after their forecasts were judged: looked at again and emptied each day.
CREATE TABLE ledger_rechecks (
    kind TEXT NOT NULL,
    code BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (kind, code, day)
);

-- Means over a partition's districts of each day's features, in millionths.
CREATE TABLE ledger_inputs (
    log_partition BIGINT NOT NULL,
    kind TEXT NOT NULL,
    day BIGINT NOT NULL,
    name TEXT NOT NULL,
    mean_e6 BIGINT NOT NULL,
    districts BIGINT NOT NULL,
    PRIMARY KEY (log_partition, kind, day, name)
);

-- The hindcast ledger: what the model named would have forecast of an archive's past, and what by the archive came of it.
-- No such forecast was ever made, so these rows are none of the ledger's; another hindcast of a regency replaces them.
CREATE TABLE hindcasts (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    day BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    risk_ppm BIGINT NOT NULL,                   -- before any shift by the place's record
    baseline_ppm BIGINT NOT NULL,
    model TEXT NOT NULL,
    happened BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (kind, horizon, code, day)
);
CREATE INDEX hindcasts_by_regency ON hindcasts (regency, day);

-- Quiet districts drawn each Monday to be called; their week is the seven days before it.
CREATE TABLE samples (
    week BIGINT NOT NULL,
    code BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    PRIMARY KEY (week, code)
);

-- The answers of those calls.
CREATE TABLE sample_checks (
    week BIGINT NOT NULL,
    code BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    result TEXT NOT NULL,                       -- none, happened or unreachable
    kinds TEXT NOT NULL,                        -- kinds where something happened, with a space between
    saw BIGINT NOT NULL,
    PRIMARY KEY (week, code, number)
);

-- Whether the verifier of a report had seen the risk of its place.
CREATE TABLE verifier_saw (
    report TEXT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    saw BIGINT NOT NULL,
    PRIMARY KEY (report, at)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- What may not be changed
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TRIGGER alert_history_keep BEFORE DELETE ON alert_history
BEGIN SELECT RAISE(ABORT, 'the alert history is append-only'); END;
CREATE TRIGGER alert_history_same BEFORE UPDATE ON alert_history
WHEN NEW.content <> '' OR NEW.alert IS NOT OLD.alert OR NEW.version IS NOT OLD.version OR NEW.at IS NOT OLD.at
    OR NEW.actor IS NOT OLD.actor OR NEW.act IS NOT OLD.act OR NEW.reason IS NOT OLD.reason
    OR NEW.content_hash IS NOT OLD.content_hash OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'the alert history is append-only'); END;
CREATE TRIGGER ledger_keep BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_same BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_outcomes_keep BEFORE DELETE ON ledger_outcomes
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_outcomes_same BEFORE UPDATE ON ledger_outcomes
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER sample_checks_keep BEFORE DELETE ON sample_checks
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER sample_checks_same BEFORE UPDATE ON sample_checks
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
