"""Screens over the deck: menus, the raw document, the origin of a row, the first run."""
