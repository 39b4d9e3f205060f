-- A statement's rows at once. First the mark is taken away, then the day is opened: what is deleted between the two, or
-- while one of them waits, is there again. In the order of their keys, so that two partitions cannot wait for each other.
CREATE FUNCTION open_days_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE open_days o SET closing = 0 WHERE o.closing <> 0 AND EXISTS (SELECT 1 FROM moved m
        WHERE m.regency = o.regency AND (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000 = o.day);
    INSERT INTO open_days (regency, day) SELECT DISTINCT m.regency, (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000
    FROM moved m ORDER BY 1, 2 ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER reports_come AFTER INSERT ON reports
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION open_days_of();
CREATE TRIGGER reports_go AFTER DELETE ON reports
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION open_days_of();
CREATE TRIGGER incidents_come AFTER INSERT ON incidents
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION open_days_of();
CREATE TRIGGER incidents_go AFTER DELETE ON incidents
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION open_days_of();
CREATE FUNCTION open_days_of_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE open_days o SET closing = 0 WHERE o.closing <> 0 AND EXISTS (SELECT 1 FROM (SELECT regency, at FROM gone UNION ALL SELECT regency, at FROM come) m
        WHERE m.regency = o.regency AND (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000 = o.day);
    INSERT INTO open_days (regency, day) SELECT DISTINCT m.regency, (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000
    FROM (SELECT regency, at FROM gone UNION ALL SELECT regency, at FROM come) m ORDER BY 1, 2 ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER incidents_change AFTER UPDATE ON incidents
REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION open_days_of_both();
