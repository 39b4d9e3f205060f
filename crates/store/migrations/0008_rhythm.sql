-- When a feed was first heard, so that its rhythm is known without reading its reports, and when it was registered, so
-- that one never heard has a silence too. What was heard before this version began with its earliest event.
ALTER TABLE heard ADD COLUMN first_at BIGINT NOT NULL DEFAULT 9223372036854775807;
UPDATE heard SET first_at = COALESCE((SELECT MIN(at) FROM reports WHERE reports.feed = heard.feed), first_at);
UPDATE heard SET first_at = reported_at WHERE reported_at < first_at AND reports > 0;
ALTER TABLE feeds ADD COLUMN since BIGINT NOT NULL DEFAULT 0;

-- When an alert came to its present level, and the highest it ever had; of those from before only the opening and the
-- last level are known.
ALTER TABLE alerts ADD COLUMN reached_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN peak TEXT NOT NULL DEFAULT 'waspada';
UPDATE alerts SET reached_at = opened_at, peak = level;
