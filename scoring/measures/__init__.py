"""Measures over everyone, one file each: pure functions from columns to figures."""
