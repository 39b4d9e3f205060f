-- Reports that concern another regency than their own, where each regency has a worker of its own.

-- Which report names which. open: 1 until the regency of what is named has looked; at: by the machine's clock.
CREATE TABLE namings (
    target TEXT NOT NULL,
    report TEXT NOT NULL,
    open BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (target, report)
);
CREATE INDEX namings_open ON namings (at) WHERE open = 1;

-- Reports of elsewhere that a regency must know, and the received time since when it does.
CREATE TABLE guests (
    regency BIGINT NOT NULL,
    report TEXT NOT NULL,
    hash BLOB NOT NULL,
    packed BLOB NOT NULL,
    taken BIGINT,
    PRIMARY KEY (regency, report, hash)
);
CREATE INDEX guests_by_report ON guests (report);
CREATE INDEX guests_waiting ON guests (regency) WHERE taken IS NULL;
