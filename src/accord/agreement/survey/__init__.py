"""What each side means by its words, asked apart and laid side by side before agreeing (S1.15)."""
