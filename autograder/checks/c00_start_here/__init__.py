"""Judge of 00_start_here."""
