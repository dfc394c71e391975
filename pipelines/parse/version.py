"""The version of the reading core, apart from it: who compares versions need not load the core."""

# Raised with every change that can change what is read; `reparse` re-reads what an older one read.
PARSER_VERSION = "15"
