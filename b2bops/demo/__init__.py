"""The demo company: a believable To-B software firm, made through the real actions, marked, and removable at once."""
