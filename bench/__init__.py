"""How fast it is, beside something bare measured in the same run on the same machine: `./run bench [NAME …]`."""
