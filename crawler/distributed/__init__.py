"""One crawl by several machines: the frontier on a Redis or Valkey, a data directory for each worker.

A *round* is one visit of many sites. It is opened from an archive (``round``), worked off by any number of
workers (``worker``), and what they brought is merged into the archive (``merge``). A site is leased whole:
its holder works on it as a run on one machine does, in a store of its own, and after each commit records on
the engine what is done and what was found (``frontier``), so that another may go on where it stopped. Who may
ask a host, and when, is decided on the engine alone (``engine``).
"""
