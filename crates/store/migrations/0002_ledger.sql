-- The ledger: what was forecast each day, what became of it, and who was asked. Days are whole UTC days since 1970.
-- Forecasts, outcomes and checks are append-only (triggers); a correction is a further row, the highest number counts.

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

CREATE TABLE ledger_outcomes (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    day BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    why TEXT NOT NULL,
    -- 1 where whoever verified had seen the risk, 0 where not, NULL where nobody said.
    saw BIGINT,
    -- 1 where a call of the weekly sample decided.
    checked BIGINT NOT NULL,
    PRIMARY KEY (kind, horizon, code, day, number)
);

-- What may have changed since the ledger was last looked at: emptied each day.
CREATE TABLE ledger_stirred (
    kind TEXT NOT NULL,
    code BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (kind, code, day)
);

-- Means over the districts of each day's features, in millionths.
CREATE TABLE ledger_inputs (
    kind TEXT NOT NULL,
    day BIGINT NOT NULL,
    name TEXT NOT NULL,
    mean_e6 BIGINT NOT NULL,
    districts BIGINT NOT NULL,
    PRIMARY KEY (kind, day, name)
);

-- Quiet districts drawn each Monday; their week is the seven days before it.
CREATE TABLE samples (
    week BIGINT NOT NULL,
    code BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    PRIMARY KEY (week, code)
);
CREATE TABLE sample_checks (
    week BIGINT NOT NULL,
    code BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    -- none, happened or unreachable; kinds where something happened, with a space between.
    result TEXT NOT NULL,
    kinds TEXT NOT NULL,
    saw BIGINT NOT NULL,
    PRIMARY KEY (week, code, number)
);

-- Whether whoever verified a report had seen the risk of its place.
CREATE TABLE verifier_saw (
    report TEXT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    saw BIGINT NOT NULL,
    PRIMARY KEY (report, at)
);
