"""Spotter finds what is probably wrong in source code, and says why, before it is merged."""

__version__ = "0.1.0"
