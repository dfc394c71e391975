-- What tells a column that needs no look at every visit: the digest of its lines at the last full sweep (columns
-- with the same lines are one list), and the year up to which every agency in it has reported.
ALTER TABLE site_columns ADD COLUMN lines TEXT;
ALTER TABLE site_columns ADD COLUMN reported_year INTEGER;
