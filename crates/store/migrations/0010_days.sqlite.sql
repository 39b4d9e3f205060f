CREATE TRIGGER report_days_come AFTER INSERT ON reports BEGIN
    INSERT INTO report_days (regency, day, kind, class, count)
    VALUES (NEW.regency, (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000, COALESCE(NEW.kind, ''), NEW.class, 1)
    ON CONFLICT (regency, day, kind, class) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER report_days_go AFTER DELETE ON reports BEGIN
    UPDATE report_days SET count = count - 1
    WHERE regency = OLD.regency AND kind = COALESCE(OLD.kind, '') AND class = OLD.class AND day = (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000;
END;
CREATE TRIGGER incident_days_come AFTER INSERT ON incidents BEGIN
    INSERT INTO incident_days (regency, kind, day, severity, patrol, count)
    SELECT NEW.regency, NEW.kind, (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000, NEW.severity, NEW.patrol, 1
    WHERE NEW.verdict <> 'rejected'
    ON CONFLICT (regency, kind, day, severity, patrol) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER incident_days_go AFTER DELETE ON incidents BEGIN
    UPDATE incident_days SET count = count - 1
    WHERE OLD.verdict <> 'rejected' AND regency = OLD.regency AND kind = OLD.kind AND severity = OLD.severity
        AND patrol = OLD.patrol AND day = (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000;
END;
CREATE TRIGGER incident_days_change AFTER UPDATE ON incidents
WHEN OLD.at <> NEW.at OR OLD.severity <> NEW.severity OR OLD.verdict <> NEW.verdict OR OLD.patrol <> NEW.patrol
    OR OLD.kind <> NEW.kind OR OLD.regency <> NEW.regency
BEGIN
    UPDATE incident_days SET count = count - 1
    WHERE OLD.verdict <> 'rejected' AND regency = OLD.regency AND kind = OLD.kind AND severity = OLD.severity
        AND patrol = OLD.patrol AND day = (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO incident_days (regency, kind, day, severity, patrol, count)
    SELECT NEW.regency, NEW.kind, (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000, NEW.severity, NEW.patrol, 1
    WHERE NEW.verdict <> 'rejected'
    ON CONFLICT (regency, kind, day, severity, patrol) DO UPDATE SET count = count + 1;
END;
