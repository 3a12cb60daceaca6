"""Follows the chapters as a reader does, from what their pages show."""
