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
