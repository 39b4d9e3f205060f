CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER ledger_keep BEFORE UPDATE OR DELETE ON ledger
FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_whole BEFORE TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_outcomes_keep BEFORE UPDATE OR DELETE ON ledger_outcomes
FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_outcomes_whole BEFORE TRUNCATE ON ledger_outcomes
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER sample_checks_keep BEFORE UPDATE OR DELETE ON sample_checks
FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER sample_checks_whole BEFORE TRUNCATE ON sample_checks
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
