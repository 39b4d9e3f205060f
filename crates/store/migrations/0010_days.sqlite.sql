CREATE TRIGGER reports_come AFTER INSERT ON reports BEGIN
    UPDATE open_days SET closing = 0 WHERE regency = NEW.regency AND closing <> 0 AND day = (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO open_days (regency, day) VALUES (NEW.regency, (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER reports_go AFTER DELETE ON reports BEGIN
    UPDATE open_days SET closing = 0 WHERE regency = OLD.regency AND closing <> 0 AND day = (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO open_days (regency, day) VALUES (OLD.regency, (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER incidents_come AFTER INSERT ON incidents BEGIN
    UPDATE open_days SET closing = 0 WHERE regency = NEW.regency AND closing <> 0 AND day = (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO open_days (regency, day) VALUES (NEW.regency, (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER incidents_go AFTER DELETE ON incidents BEGIN
    UPDATE open_days SET closing = 0 WHERE regency = OLD.regency AND closing <> 0 AND day = (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO open_days (regency, day) VALUES (OLD.regency, (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER incidents_change AFTER UPDATE ON incidents BEGIN
    UPDATE open_days SET closing = 0 WHERE regency = OLD.regency AND closing <> 0 AND day = (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO open_days (regency, day) VALUES (OLD.regency, (OLD.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = OLD.regency / 10000), 420) * 60000000) / 86400000000) ON CONFLICT DO NOTHING;
    UPDATE open_days SET closing = 0 WHERE regency = NEW.regency AND closing <> 0 AND day = (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000;
    INSERT INTO open_days (regency, day) VALUES (NEW.regency, (NEW.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = NEW.regency / 10000), 420) * 60000000) / 86400000000) ON CONFLICT DO NOTHING;
END;
