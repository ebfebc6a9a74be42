"""The image: what a reader of the Dockerfile may rely on, and that its build steps work here as written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
INSTRUCTIONS = [
    tuple(line.split(maxsplit=1))
    for line in (HERE / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]
FINAL = INSTRUCTIONS[[i for i, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM"][-1] :]


def the(word: str) -> str:
    (found,) = [value for name, value in FINAL if name == word]
    return found


def test_both_stages_start_from_one_exact_version() -> None:
    bases = {value.split()[0] for name, value in INSTRUCTIONS if name == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", bases.pop())


def test_it_runs_as_nobody_in_particular_with_a_health_check_that_can_fail() -> None:
    assert int(the("USER").split(":")[0]) > 0
    assert the("ENTRYPOINT") == '["orders"]'
    assert the("HEALTHCHECK").endswith('CMD ["orders", "health"]')
    assert the("EXPOSE") == "8080 8081"


def test_no_secret_is_set_in_it() -> None:
    assert not re.search(r"TOKEN|PASSWORD|SECRET|DATABASE_URL|ACCESS_KEY", str(INSTRUCTIONS))


def test_everything_that_is_copied_exists() -> None:
    for name, value in INSTRUCTIONS:
        if name == "COPY" and not value.startswith("--from"):
            assert all((HERE / source).exists() for source in value.split()[:-1])


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock"])
def test_the_image_has_the_versions_that_were_tested(lock: str) -> None:
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"^([\w.-]+==[\w.]+)", path.read_text(), re.MULTILINE))

    assert pins(HERE / lock)
    assert pins(HERE / lock) <= pins(ROOT / "requirements.lock")


def test_the_wheel_holds_the_migrations(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*build, "--wheel-dir", tmp_path, HERE], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("orders-*.whl")
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], check=True, capture_output=True, text=True
    )
    for name in ("orders/migrations/env.py", "orders/migrations/versions/0001_orders.py", "orders/cli.py"):
        assert name in listed.stdout
