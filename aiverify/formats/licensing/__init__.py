"""Texts of licences, told by their words and by their titles."""
