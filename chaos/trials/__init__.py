"""One module a trial: `trial(ground, size)` does something to the product and yields what must hold."""
