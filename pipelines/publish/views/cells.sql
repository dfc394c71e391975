-- Every table cell. The outer loop is always over the values.
CREATE VIEW cells AS
SELECT
    v.report_id, k.table_name, v.ordinal, k.item, k.row, k.column_name, k.label, v.raw, v.value, k.unit, k.state,
    k.method, v.confidence,
    CASE typeof(v.location)
        WHEN 'integer' THEN
            '{"table": ' || (v.location >> 24) || ', "row": ' || ((v.location >> 12) & 4095)
            || ', "column": ' || (v.location & 4095) || '}'
        ELSE v.location
    END AS location
FROM cell_values v CROSS JOIN cell_kinds k ON k.kind = v.kind;
