"""Who did what, when, from where: appended to by every change, never altered."""
