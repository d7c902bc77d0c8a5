"""The template that is merged into Chalice's: the files of `infra/` as one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from chalicelib.errors import Misconfigured


def merged_infra(folder: Path, stage: str) -> dict[str, Any]:
    """Merge `<folder>/*.yaml` and then the stage's own file.

    Chalice takes one file to merge; several, each about one thing, are easier to find one's way in.

    Raises:
        Misconfigured: the stage has no file, or two files say different things at one place.
    """
    of_stage = folder / "stages" / f"{stage}.yaml"
    if not of_stage.is_file():
        raise Misconfigured(f"--stage: no {of_stage.name} in infra/stages; name one of those there")
    merged: dict[str, Any] = {}
    for file in [*sorted(folder.glob("*.yaml")), of_stage]:
        _merge(merged, yaml.safe_load(file.read_text()), file.name)
    return merged


def _merge(into: dict[str, Any], more: Mapping[str, Any], where: str) -> None:
    for key, value in more.items():
        here = into.get(key)
        if isinstance(here, dict) and isinstance(value, dict):
            _merge(here, value, f"{where}: {key}")
        elif key in into:
            raise Misconfigured(f"{where}: {key}: another file of infra/ says it, too; say it once")
        else:
            into[key] = value
