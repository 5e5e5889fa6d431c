"""How pages look and speak: the shell, its tokens, the template tags, the pages for errors."""
