"""The container's files say what is so: the lock, the settings, the paths, who runs it, and nothing else inside."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib.metadata import requires
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from bot.cli.app import build
from bot.config import Settings
from bot.operating.running import Patience

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
CAIRN, POSTGRES = COMPOSE["services"]["cairn"], COMPOSE["services"]["postgres"]
GUIDE = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with their words, one after the other."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    whole = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    found = [line.partition(" ") for line in whole.splitlines() if line.strip()]
    return [(name, re.sub(r"\s+", " ", words).strip()) for name, _, words in found]


STEPS = instructions()
STARTS = [n for n, (name, _) in enumerate(STEPS) if name == "FROM"]
BEFORE, FINAL = STEPS[: STARTS[-1]], STEPS[STARTS[-1] :]


def all_of(name: str, steps: list[tuple[str, str]]) -> list[str]:
    return [words for one, words in steps if one == name]


def environment() -> dict[str, str]:
    pairs = [pair.split("=", 1) for words in all_of("ENV", FINAL) for pair in shlex.split(words)]
    return {name: value for name, value in pairs}


def installs() -> list[str]:
    return [
        part for words in all_of("RUN", STEPS) for part in words.split("&&") if " install" in part and "pip" in part
    ]


def needed(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Return all distributions that one needs, as far as this Python installs them."""
    found: set[str] = set()
    for line in requires(name) or ():
        one = Requirement(line)
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            other = canonicalize_name(one.name)
            found |= {other} if other in found else {other} | needed(other, frozenset(one.extras))
    return found


def let_through(path: str) -> bool:
    """Whether `.dockerignore` gives a file to the builder: the last pattern that fits decides."""
    given = True
    ways = [one for one in (PurePosixPath(path), *PurePosixPath(path).parents) if one.name]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if pattern.startswith("**/"):
            fits = any(fnmatch(one.name, pattern[3:]) for one in ways)
        else:
            fits = any(len(one.parts) == pattern.count("/") + 1 and fnmatch(str(one), pattern) for one in ways)
        if fits and not line.startswith("#"):
            given = line.startswith("!")
    return given


def test_image_is_made_of_a_python_that_cairn_is_for() -> None:
    (python,) = [words.removeprefix("PYTHON=") for words in all_of("ARG", STEPS)]
    assert f"Programming Language :: Python :: {python}" in PROJECT["project"]["classifiers"]
    assert {words.split(" AS ")[0] for words in all_of("FROM", STEPS)} == {"python:${PYTHON}-slim-trixie"}


def test_only_what_is_locked_is_installed_and_nothing_is_compiled() -> None:
    assert len(installs()) == 3
    for one in installs():
        locked = "--require-hashes --only-binary :all: --requirement requirements/run.lock" in one
        assert locked or "--no-deps --no-index /wheels/" in one, one
    assert any("pip wheel --no-deps --no-build-isolation" in words for words in all_of("RUN", BEFORE))


def test_what_only_builds_the_project_is_taken_out_again() -> None:
    (taken,) = [
        set(part.split("--yes")[1].split())
        for words in all_of("RUN", BEFORE)
        for part in words.split("&&")
        if "uninstall" in part
    ]
    building: set[str] = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependency-groups"]["build"]}
    wanted = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
    wanted += [Requirement(one) for one in PROJECT["project"]["optional-dependencies"]["postgres"]]
    running: set[str] = {canonicalize_name(one.name) for one in wanted}
    running |= {name for one in wanted for name in needed(one.name, frozenset(one.extras))}
    assert taken == (building | {name for one in building for name in needed(one)}) - running


def test_final_image_has_no_tools_to_build_or_install_with() -> None:
    said = " ".join(all_of("RUN", FINAL))
    assert "pip uninstall --yes pip" in said
    assert not re.search(r"pip install|apt|curl|wget|gcc", said)
    assert all_of("COPY", FINAL) == ["--from=build /opt/cairn /opt/cairn"]
    assert environment()["PATH"].startswith("/opt/cairn/bin:")


def test_it_does_not_run_as_root_and_owns_only_its_data() -> None:
    (user,) = all_of("USER", FINAL)
    number, group = user.split(":")
    assert int(number) == int(group) > 1_000
    said = " ".join(all_of("RUN", FINAL))
    assert f"groupadd --gid {group} cairn" in said
    assert f"useradd --uid {number} --gid cairn" in said
    assert all_of("VOLUME", FINAL) == all_of("WORKDIR", FINAL) == ["/data"]
    assert "install --directory --owner cairn --group cairn --mode 0700 /data" in said
    assert STEPS.index(("USER", user)) > max(n for n, (name, _) in enumerate(STEPS) if name in ("RUN", "COPY"))


def test_settings_of_the_image_are_real_and_lie_in_its_data() -> None:
    given = {name: value for name, value in environment().items() if name.startswith("CAIRN_")}
    fields = {name.removeprefix("CAIRN_").lower(): value for name, value in given.items()}
    assert fields.keys() <= Settings.model_fields.keys()
    settings = Settings(_env_file=None, **fields)  # type: ignore[arg-type]
    assert settings.database_url == "sqlite:////data/cairn.db"
    assert {settings.keys_file.parent, settings.backups_folder.parent} == {Path("/data")}
    assert settings.health_port == Settings.model_fields["health_port"].default
    assert all_of("EXPOSE", FINAL) == [str(Settings.model_fields["slack_port"].default)]
    assert not [one for one in given if re.search("TOKEN|SECRET|PASSWORD", one)]


def test_it_runs_cairn_and_asks_whether_it_lives() -> None:
    assert [json.loads(words) for words in all_of("ENTRYPOINT", FINAL)] == [["cairn"]]
    assert "cairn" in PROJECT["project"]["scripts"]
    ((word,),) = [json.loads(words) for words in all_of("CMD", FINAL)]
    assert word in list(build())
    (health,) = all_of("HEALTHCHECK", FINAL)
    python, option, program = json.loads(health.partition(" CMD ")[2])
    assert (python, option) == ("python", "-c")
    compile(program, "HEALTHCHECK", "exec")
    assert "'http://127.0.0.1:' + os.environ['CAIRN_HEALTH_PORT'] + '/livez'" in program


def test_builder_gets_what_the_project_is_made_of_and_nothing_private() -> None:
    copied = {word for words in all_of("COPY", BEFORE) for word in words.split()[:-1]}
    target = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    made_of = {*target["packages"], *target["force-include"], PROJECT["project"]["readme"]}
    made_of |= {*PROJECT["project"]["license-files"], "pyproject.toml", "requirements/run.lock"}
    assert copied == made_of
    for one in copied:
        path = one if (ROOT / one).is_file() else f"{one}/some/module.py"
        assert (ROOT / one).exists()
        assert let_through(path), path
    for path in (".env", "bot/.env", ".git/config", "data/cairn.db", "data/cairn.db.keys", "tests/conftest.py"):
        assert not let_through(path), path
    assert not let_through("bot/cli/__pycache__/app.cpython-313.pyc")


def test_compose_runs_cairn_shut_in_and_again_after_a_restart() -> None:
    assert (CAIRN["build"], CAIRN["env_file"], CAIRN["volumes"]) == (".", ".env", ["data:/data"])
    assert CAIRN["restart"] == POSTGRES["restart"] == "unless-stopped"
    assert CAIRN["read_only"] is POSTGRES["read_only"] is True
    assert CAIRN["cap_drop"] == ["ALL"]
    assert CAIRN["security_opt"] == POSTGRES["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "user", "ports", "network_mode"} & {*CAIRN, *POSTGRES}
    assert set(COMPOSE["volumes"]) == {"data", "postgres"}
    patience = Patience()
    assert int(CAIRN["stop_grace_period"].removesuffix("s")) > patience.listening + patience.draining + patience.working


def test_postgresql_is_there_only_where_it_is_asked_for() -> None:
    assert "profiles" not in CAIRN
    (profile,) = POSTGRES["profiles"]
    assert CAIRN["depends_on"] == {"postgres": {"condition": "service_healthy", "required": False}}
    assert "healthcheck" in POSTGRES
    (lines,) = re.findall(r"(COMPOSE_PROFILES=.*?)```", GUIDE, re.DOTALL)
    told = dict(line.split("=", 1) for line in lines.split())
    assert told["COMPOSE_PROFILES"] == profile
    who, base = (POSTGRES["environment"][name] for name in ("POSTGRES_USER", "POSTGRES_DB"))
    assert POSTGRES["environment"]["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:-}"
    assert told["CAIRN_DATABASE_URL"] == f"postgresql://{who}:${{POSTGRES_PASSWORD}}@postgres/{base}"


def test_a_server_needs_three_commands() -> None:
    (block,) = re.findall(r"three commands.*?```sh\n(.*?)```", GUIDE, re.DOTALL)
    commands = [line.partition("#")[0].strip() for line in block.splitlines()]
    assert commands == [
        "cp .env.example .env && chmod 600 .env",
        "docker compose run --rm cairn doctor",
        "docker compose up --detach",
    ]
    assert (ROOT / ".env.example").is_file()
    assert "doctor" in list(build())


def test_every_setting_that_the_guide_names_is_real() -> None:
    named = set(re.findall(r"CAIRN_[A-Z_]+", GUIDE + (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert {one.removeprefix("CAIRN_").lower() for one in named} <= Settings.model_fields.keys()


@pytest.mark.skipif(shutil.which("hadolint", path=Path(sys.executable).parent) is None, reason="needs hadolint")
def test_dockerfile_is_as_hadolint_wants_it() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    ended = subprocess.run((hadolint, "Dockerfile"), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.skipif(find_spec("check_jsonschema") is None, reason="needs check-jsonschema")
def test_compose_file_is_as_its_schema_wants_it() -> None:
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")
    ended = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
