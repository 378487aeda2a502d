"""What RELIABILITY.md promises, tried on the real product for as long as one likes: `./run chaos`."""
