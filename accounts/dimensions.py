"""What accounts are grouped and filtered by, and how each stands in the database."""

# Dimensions that are a column of text on the account; a person's is the membership's id.
TEXT_COLUMNS = {"industry": "industry", "region": "region", "channel": "channel", "owner": "owner_id"}
SIZE, TAG = "size", "tag"
CUSTOM = "custom:"


def custom_dimension(key: str) -> str:
    """The dimension of the custom field `key`."""
    return CUSTOM + key
