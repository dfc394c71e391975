"""The official tables of a report: cells bound to the form by matched labels."""
