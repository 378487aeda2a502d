"""Lookups that Django does not have."""

from django.db.models import Field, ForeignObject, Lookup


# A foreign key looks no further than its own class.
@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):
    """``pk__any_of=ids``: one of many ids or texts, sent as a single array.

    What ``__in`` does, which prepares and writes out every value by itself: with the thousands of ids of a batch that
    was a sixth of the batch's processor time.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        kind = (getattr(field, "target_field", None) or field).db_type(connection)
        # A cast to varchar(100) would cut longer texts, which then match what they are not.
        kind = "text" if kind.startswith("varchar") else kind
        return f"{left} = any(%s::{kind}[])", [*params, [str(value) for value in self.rhs if value is not None]]
