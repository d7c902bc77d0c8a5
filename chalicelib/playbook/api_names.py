"""API names of fields in Salesforce that follow from a name in the playbook."""

OPT_IN, SUBSCRIPTION, CHECKBOX = "Smarketing_Opt_In_", "Smarketing_Subscription_", "Qualified_"
EVIDENCE = "Evidence_"


def titled(name: str) -> str:
    """Write a name of ours as Salesforce's API names are written: `price_list` becomes `Price_List`."""
    return "_".join(part.capitalize() for part in name.split("_"))


def opt_in_field(purpose: str) -> str:
    """Name the checkbox that tells whether somebody opted in to a purpose."""
    return f"{OPT_IN}{titled(purpose)}__c"


def subscription_field(purpose: str) -> str:
    """Name the picklist that tells how the subscription to a purpose stands."""
    return f"{SUBSCRIPTION}{titled(purpose)}__c"


def checkbox_of(item: str) -> str:
    """Name the box of an item of the checklist."""
    return f"{CHECKBOX}{titled(item)}__c"


def evidence_of(item: str) -> str:
    """Name the line that says what the box of an item rests on."""
    return f"{EVIDENCE}{titled(item)}__c"
