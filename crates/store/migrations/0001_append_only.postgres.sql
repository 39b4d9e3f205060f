CREATE FUNCTION alert_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.content = '' AND (NEW.alert, NEW.version, NEW.at, NEW.actor, NEW.act, NEW.reason, NEW.content_hash, NEW.hash)
            = (OLD.alert, OLD.version, OLD.at, OLD.actor, OLD.act, OLD.reason, OLD.content_hash, OLD.hash) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the alert history is append-only';
END $$;
CREATE TRIGGER alert_history_keep BEFORE UPDATE OR DELETE ON alert_history
FOR EACH ROW EXECUTE FUNCTION alert_history_refuse();
CREATE TRIGGER alert_history_whole BEFORE TRUNCATE ON alert_history
FOR EACH STATEMENT EXECUTE FUNCTION alert_history_refuse();
