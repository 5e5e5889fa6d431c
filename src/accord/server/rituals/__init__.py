"""The papers of meetings, made at their minute: sheet, nightly mail, decisions, pack, announcements."""
