"""What the files and folders of a data directory are called; docs/operating.md tells what each holds."""

from typing import Final

STORE: Final = "store.db"
ARCHIVE: Final = "archive.db"
WARC: Final = "warc"
DECISIONS: Final = "decisions.toml"
READINGS: Final = "readings.db"
RUNS: Final = "runs"
QUARANTINE: Final = "quarantine"
LOCK: Final = "lock"
