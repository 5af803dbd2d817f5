"""The locks pin what `pyproject.toml` asks for, and nothing in them leads to a particular host. Needs no network."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lock import CHOICES, LOCKS, PYPROJECT, fingerprint

PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def text_of(lock: str) -> str:
    return (LOCKS / f"{lock}.lock").read_text(encoding="utf-8")


def pins(lock: str) -> set[str]:
    return {line.removesuffix("\\").strip() for line in text_of(lock).splitlines() if re.match(r"\w", line)}


def pinned_versions(lock: str, python: str) -> dict[str, str]:
    """Return the version of each distribution that a Python on this system would get."""
    environment = {key: str(value) for key, value in default_environment().items()}
    environment |= {"python_version": python, "python_full_version": f"{python}.0"}
    found = map(Requirement, pins(lock))
    chosen = [one for one in found if one.marker is None or one.marker.evaluate(environment)]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in chosen}


def direct_dependencies(lock: str) -> list[Requirement]:
    content = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    extras, groups = content["project"]["optional-dependencies"], content["dependency-groups"]
    for_lock = {"run": [extras["postgres"]], "dev": [*extras.values(), groups["dev"]]}[lock]
    wanted = [content["project"]["dependencies"], groups["build"], *for_lock]
    return [Requirement(one) for some in wanted for one in some if isinstance(one, str)]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", CHOICES)
def test_lock_pins_every_direct_dependency_as_asked_for(lock: str, python: str) -> None:
    pinned = pinned_versions(lock, python)
    for wanted in direct_dependencies(lock):
        version = pinned.get(canonicalize_name(wanted.name), "nothing")
        assert version != "nothing", f"{lock}.lock lacks {wanted.name} on Python {python}: make lock"
        assert wanted.specifier.contains(version), f"{lock}.lock has {wanted.name} {version}, not {wanted.specifier}"


@pytest.mark.parametrize("lock", CHOICES)
def test_lock_was_made_from_this_pyproject(lock: str) -> None:
    assert f"# pyproject: {fingerprint()}\n" in text_of(lock), "the dependencies changed: make lock"


@pytest.mark.parametrize("python", PYTHONS)
def test_development_lock_holds_the_versions_of_the_running_one(python: str) -> None:
    assert pinned_versions("run", python).items() <= pinned_versions("dev", python).items()


@pytest.mark.parametrize("lock", CHOICES)
def test_lock_gives_every_pin_hashes_and_names_no_host(lock: str) -> None:
    text = text_of(lock)
    assert "://" not in text
    for block in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        lines = [line.removesuffix("\\").strip() for line in block.splitlines()]
        assert re.fullmatch(r"[a-z0-9-]+==[\w.+!]+( ; .+)?", lines[0])
        assert lines[1:]
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines[1:])
