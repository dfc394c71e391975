"""What the pages for people show: each module asks the archive and returns the context of a template."""
