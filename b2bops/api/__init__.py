"""The REST API: /api/v1/ by key, /w/<slug>/api/v1/ by session. What it promises stands in docs/api.md."""
