"""What can go wrong for a user, one exception an exit code."""


class SpotterError(Exception):
    """A mistake in usage or configuration: what, where, what to do. Ends with exit code 2."""
