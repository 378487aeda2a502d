"""What a new workspace begins with: the ways in, and a checklist that ticks itself."""
