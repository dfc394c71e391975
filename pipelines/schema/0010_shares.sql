-- What a visit for what is new may cost is a share of what the last sweep from the home page did: its requests, and
-- the bytes that came of the one that brought most (pages called unchanged bring none).
ALTER TABLE sites ADD COLUMN swept_requests INTEGER;
ALTER TABLE sites ADD COLUMN swept_bytes INTEGER;
UPDATE sites SET swept_requests = (SELECT count(*) FROM resources r WHERE r.site = sites.site)
    WHERE last_full_sweep_at IS NOT NULL;
-- What a look at a column costs that finds nothing new.
ALTER TABLE site_columns ADD COLUMN look_requests INTEGER;
ALTER TABLE site_columns ADD COLUMN look_bytes INTEGER;
