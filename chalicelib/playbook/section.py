"""What every part of a playbook has in common: no unknown keys, and labels in both languages."""

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.playbook.forms import Text


class Section(BaseModel):
    """Part of a playbook: unknown keys are refused, so that a misspelt one is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Label(Section):
    """What people read, in both languages."""

    en: Text = Field(description="English", examples=["Demo requested"])
    de: Text = Field(description="German", examples=["Vorführung angefragt"])
