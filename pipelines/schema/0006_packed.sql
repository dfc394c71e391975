-- What a report says stands in its version's body alone (packed, see pipelines/packing.py): as rows it took twelve
-- times the room. Before this, packed.py takes over what stood in these tables only.
DROP TABLE cells;
DROP TABLE sections;
DROP TABLE stated_figures;
DROP TABLE checks;
DROP TABLE report_evidence;
