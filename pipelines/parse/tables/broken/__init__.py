"""Numbers that are printed in two pieces: a piece alone would pass for a number, so none ever stands alone.

Where a break is forced by the width of a ruled cell, the reader of the page knows it and joins the
pieces (``read/forced_breaks.py``). Everywhere else nobody knows. Three modules find the pieces, each where
they stand otherwise, and set both in the value that they may make up, as two lines:

* ``cuts.py``: a ruled row is cut by the end of a page, each of its cells in two;
* ``halves.py``: second pieces stand in a row of a grid, or on a line, of their own, with no label;
* ``lines.py``: the lines of a page without rules, where only boxes tell what stands below what.

Two lines are no certain number. ``proof.py`` makes them one where the form's sums confirm it; else
they stay as printed, and flagged.
"""
