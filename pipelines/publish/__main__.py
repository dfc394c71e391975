"""``python -m pipelines.publish``: makes metadata.yml and docs/codebook.md anew from codebook.toml."""

from pipelines.publish import codebook, metadata

page = metadata.METADATA.parent / "docs" / "codebook.md"
written = metadata.METADATA.read_text(encoding="utf-8")
metadata.METADATA.write_text(metadata.refreshed(written), encoding="utf-8")
page.write_text(codebook.markdown(), encoding="utf-8")
