"""CMS families: a module here is a family (see :mod:`crawler.family`)."""
