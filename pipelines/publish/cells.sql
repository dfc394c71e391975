-- The cells of the chosen reports: first the kinds that are new, then the values.
-- In braces: columns of what was said, masked.

DROP TABLE IF EXISTS temp.kinds;

CREATE TEMP TABLE kinds AS
SELECT c.*, {label} AS shown, CAST(NULL AS INTEGER) AS kind
FROM (
    SELECT DISTINCT row, column_name, table_name, state, method, item, label, unit
    FROM temp.said_cells
) c;

INSERT INTO cell_kinds (row, column_name, table_name, state, method, item, label, unit)
SELECT DISTINCT row, column_name, table_name, state, method, item, shown, unit
FROM temp.kinds t
WHERE NOT EXISTS (
    SELECT 1 FROM cell_kinds k
    WHERE k.row = t.row AND k.column_name = t.column_name AND k.table_name = t.table_name AND k.state = t.state
        AND k.method = t.method AND k.item IS t.item AND k.label IS t.shown AND k.unit IS t.unit
)
ORDER BY table_name, item, row, column_name, shown, unit, state, method;

UPDATE temp.kinds AS t SET kind = (
    SELECT k.kind FROM cell_kinds k
    WHERE k.row = t.row AND k.column_name = t.column_name AND k.table_name = t.table_name AND k.state = t.state
        AND k.method = t.method AND k.item IS t.item AND k.label IS t.shown AND k.unit IS t.unit
);

CREATE INDEX temp.kinds_by_place ON kinds (row, column_name, table_name, state, method, unit, item, label);

INSERT INTO cell_values (report_id, kind, ordinal, raw, value, confidence, location)
SELECT c.report_id, t.kind, c.ordinal, {raw}, c.value, c.confidence, packed(c.location)
FROM temp.said_cells c
CROSS JOIN temp.kinds t
    ON t.row = c.row AND t.column_name = c.column_name AND t.table_name = c.table_name AND t.state = c.state
        AND t.method = c.method AND t.unit IS c.unit AND t.item IS c.item AND t.label IS c.label
ORDER BY c.report_id, t.kind, c.ordinal
