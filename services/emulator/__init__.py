"""A workspace that lives: answers in the shapes of Azure, in process or over loopback HTTP."""
