"""The same acts for programs: `/api/v1`."""
