"""Installs, starts, watches and stops the product, from outside Django: its settings need the servers' addresses first.

`run` enters through `install`, which any Python from 3.8 on can read (so can `checkout`, `console`, `interpreter`,
`lock` and `usage`); everything else runs in the product's own environment.
"""
