-- A statement's rows are summed first. In the order of their keys, so that two partitions cannot wait for each other.
CREATE FUNCTION count_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_days (regency, day, kind, class, count)
    SELECT m.regency, (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000, COALESCE(m.kind, ''), m.class, CASE TG_OP WHEN 'INSERT' THEN COUNT(*) ELSE -COUNT(*) END
    FROM moved m GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (regency, day, kind, class) DO UPDATE SET count = report_days.count + excluded.count;
    RETURN NULL;
END $$;
CREATE TRIGGER report_days_come AFTER INSERT ON reports
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION count_reports();
CREATE TRIGGER report_days_go AFTER DELETE ON reports
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION count_reports();
CREATE FUNCTION count_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO incident_days (regency, kind, day, severity, patrol, count)
    SELECT m.regency, m.kind, (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000, m.severity, m.patrol, CASE TG_OP WHEN 'INSERT' THEN COUNT(*) ELSE -COUNT(*) END
    FROM moved m WHERE m.verdict <> 'rejected' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (regency, kind, day, severity, patrol) DO UPDATE SET count = incident_days.count + excluded.count;
    RETURN NULL;
END $$;
CREATE TRIGGER incident_days_come AFTER INSERT ON incidents
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION count_incidents();
CREATE TRIGGER incident_days_go AFTER DELETE ON incidents
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION count_incidents();
-- An incident that only grew by a report stays where it is counted.
CREATE FUNCTION recount_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO incident_days (regency, kind, day, severity, patrol, count)
    SELECT m.regency, m.kind, (m.at + COALESCE((SELECT z.minutes_east FROM zones z WHERE z.province = m.regency / 10000), 420) * 60000000) / 86400000000, m.severity, m.patrol, SUM(m.step)
    FROM (SELECT regency, kind, at, severity, patrol, verdict, 1 AS step FROM come
        UNION ALL SELECT regency, kind, at, severity, patrol, verdict, -1 FROM gone) AS m
    WHERE m.verdict <> 'rejected' GROUP BY 1, 2, 3, 4, 5 HAVING SUM(m.step) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (regency, kind, day, severity, patrol) DO UPDATE SET count = incident_days.count + excluded.count;
    RETURN NULL;
END $$;
CREATE TRIGGER incident_days_change AFTER UPDATE ON incidents
REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION recount_incidents();
-- The same few rows change again and again.
ALTER TABLE report_days SET (fillfactor = 50);
ALTER TABLE incident_days SET (fillfactor = 50);
