"""Changing one place of an agreement's text, so that every other sign of it stays as people wrote it."""
