CREATE TRIGGER alert_history_keep BEFORE DELETE ON alert_history
BEGIN SELECT RAISE(ABORT, 'the alert history is append-only'); END;
CREATE TRIGGER alert_history_same BEFORE UPDATE ON alert_history
WHEN NEW.content <> '' OR NEW.alert IS NOT OLD.alert OR NEW.version IS NOT OLD.version OR NEW.at IS NOT OLD.at
    OR NEW.actor IS NOT OLD.actor OR NEW.act IS NOT OLD.act OR NEW.reason IS NOT OLD.reason
    OR NEW.content_hash IS NOT OLD.content_hash OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'the alert history is append-only'); END;
