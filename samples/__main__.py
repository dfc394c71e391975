"""``python -m samples``: keep the sample sites up while working on the crawler."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from pathlib import Path

from samples.counties import DEFAULT_FAMILIES, DEFAULT_PORT, World
from samples.registry import write_registry
from samples.server import PortTaken, serve
from samples.sites import FAMILIES


def main() -> int:
    """Serve until interrupted; prints the folder with the registry files."""
    options = _options()
    folder = options.dir or Path(tempfile.mkdtemp(prefix="sample-sites-"))
    world = World.build(options.seed, options.counties, options.agencies, families=options.families)
    try:
        with serve(world, options.port, folder) as server:
            write_registry(server.world, folder)
            sys.stdout.write(f"{folder}\n")
            sys.stdout.flush()
            sys.stderr.write("".join(f"{home}\n" for home in server.homes))
            threading.Event().wait()
    except PortTaken as error:
        sys.stderr.write(f"{error}; --port\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m samples", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    parser.add_argument("--dir", type=Path, help="where registry files and state go; default: a new folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--counties", type=int, default=3)
    parser.add_argument("--agencies", type=int, default=10, help="agencies of each county")
    parser.add_argument("--families", nargs="+", choices=sorted(FAMILIES), default=list(DEFAULT_FAMILIES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
