"""The playbook's working order as the domain's."""

from chalicelib.domain.instant import Duration
from chalicelib.domain.working_order import WorkingOrder
from chalicelib.playbook.working_order_source import WorkingOrderSource


def working_order(source: WorkingOrderSource) -> WorkingOrder:
    """Compile the section."""
    return WorkingOrder(
        values=dict(source.values),
        chances={str(grade): chance for grade, chance in source.chances.items()},
        unit=source.unit,
        per_doubling=Duration(source.per_doubling),
        most=Duration(source.most),
        age_weight=source.age_weight,
        patience=Duration(source.patience),
    )
