-- The pages that show a list's lines and that its address alone does not bring (a script or a click does), each with
-- the last visit that asked for it, as JSON; and the last visit in which the list, or one of these, was looked at.
ALTER TABLE site_columns ADD COLUMN places TEXT;
ALTER TABLE site_columns ADD COLUMN looked_in INTEGER;
