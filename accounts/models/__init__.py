"""Whom we serve: customer companies, the people in them, and what was signed."""

from accounts.models.account import Account
from accounts.models.attachment import Attachment
from accounts.models.changed_fact import ChangedFact
from accounts.models.contact import Contact
from accounts.models.contract import Contract, ContractLine
from accounts.models.custom_field import CustomField
from accounts.models.fx_rate import FxRate
from accounts.models.interaction import Interaction, Participant
from accounts.models.mention import Mention
from accounts.models.merge import AccountMerge, DistinctAccounts, MergedRow
from accounts.models.product import Product
from accounts.models.renewal_proposal import RenewalProposal
from accounts.models.renewal_stage import RenewalStage
from accounts.models.saved_filter import SavedFilter
from accounts.models.task import Task
from accounts.models.trait import AccountTrait, TraitChange

__all__ = [
    "Account",
    "AccountMerge",
    "AccountTrait",
    "Attachment",
    "ChangedFact",
    "Contact",
    "Contract",
    "ContractLine",
    "CustomField",
    "DistinctAccounts",
    "FxRate",
    "Interaction",
    "Mention",
    "MergedRow",
    "Participant",
    "Product",
    "RenewalProposal",
    "RenewalStage",
    "SavedFilter",
    "Task",
    "TraitChange",
]
