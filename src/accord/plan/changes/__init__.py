"""What if: settings, improvements, and two plans or versions side by side."""
