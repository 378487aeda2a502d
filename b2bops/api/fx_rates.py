"""Exchange rates: base units for one foreign unit, known by currency and date."""

from accounts.actions import save_fx_rates, void_fx_rate
from accounts.models import FxRate
from accounts.shapes import FxRateShape
from b2bops.api import columns as c
from b2bops.api import parameters
from b2bops.api.answers import short
from b2bops.api.collection import Collection, Column
from workspaces import roles

FX_RATES = Collection(
    name="fx-rates",
    noun="fx_rate",
    shape=FxRateShape,
    model=FxRate,
    save=save_fx_rates,
    void=void_fx_rate,
    permission=roles.EDIT_MONEY,
    columns=(
        *c.identity(),
        Column("currency", {"type": "string", "minLength": 3, "maxLength": 3}, filter=parameters.text),
        c.date("date", is_nullable=False, is_sortable=True),
        Column("rate", c.DECIMAL, spelled=short),
        *c.instants(),
    ),
)
