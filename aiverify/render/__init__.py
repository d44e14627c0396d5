"""Views of a report for people and for other tools."""
