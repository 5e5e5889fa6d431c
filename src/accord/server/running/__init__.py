"""What keeps the server going: its processes, chores, set-up, backup, demo."""
