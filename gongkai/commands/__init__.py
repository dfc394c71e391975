"""The commands, one module each; a module's ``command`` is what ``gongkai <name>`` runs."""
