"""A Dockerfile read and carried out without a container."""

import gzip
import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from launchbook.errors import UnreadableInput, UsageError
from launchbook.local.images import layer
from launchbook.local.images.build import Built, build
from launchbook.local.images.dockerfile import expand, pairs, parse
from launchbook.local.images.ignore import Ignore
from launchbook.local.images.reference import Reference


def made(tmp_path: Path, text: str, files: dict[str, str] | None = None, **options: Any) -> Built:
    context = tmp_path / "context"
    for name, content in (files or {}).items():
        path = context / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    context.mkdir(exist_ok=True, parents=True)
    (tmp_path / "Dockerfile").write_text(text)
    return build(context, tmp_path / "Dockerfile", tmp_path / "work", python=sys.executable, **options)


def config(built: Built) -> dict[str, Any]:
    return json.loads(layer.pack(built.stage).config)["config"]


def listing(built: Built) -> dict[str, str]:
    data = gzip.decompress(layer.pack(built.stage).layer)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {m.name: (tar.extractfile(m) or io.BytesIO()).read().decode() for m in tar if m.isreg()}


WHOLE = r"""# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION}-slim AS build
# a comment
WORKDIR /src
COPY . .
RUN mkdir -p /made && \
    # inside a continuation
    apt-get install -y gcc

FROM python:${VERSION}-slim
ARG COMMIT=unknown
ENV APP=/app \
    COMMIT=${COMMIT} GREETING="hello  you"
WORKDIR $APP
WORKDIR sub
COPY --from=build --chown=app /src/main.py /src/data ./
EXPOSE 8080 9000/udp
LABEL org.example.commit=$COMMIT
HEALTHCHECK --interval=5s --timeout=1m30s --retries=2 CMD curl -f http://localhost/ || exit 1
STOPSIGNAL SIGINT
USER 10001:10001
ENTRYPOINT ["python", "main.py"]
CMD ["--port", "8080"]
"""


def test_a_multi_stage_file_becomes_configuration_and_files(tmp_path: Path) -> None:
    built = made(
        tmp_path, WHOLE, {"main.py": "print()", "data/a": "A", "skip/b": "B", ".dockerignore": "skip\n"},
        arguments={"COMMIT": "abc"},
    )  # fmt: skip
    found = config(built)
    assert found["Entrypoint"] == ["python", "main.py"]
    assert found["Cmd"] == ["--port", "8080"]
    assert found["WorkingDir"] == "/app/sub"
    assert found["ExposedPorts"] == {"8080/tcp": {}, "9000/udp": {}}
    assert found["StopSignal"] == "SIGINT"
    assert {"APP=/app", "COMMIT=abc", "GREETING=hello  you"} <= set(found["Env"])
    assert found["Labels"]["org.example.commit"] == "abc"
    assert found["Healthcheck"] == {
        "Test": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"],
        "Interval": 5_000_000_000, "Timeout": 90_000_000_000, "Retries": 2,
    }  # fmt: skip
    assert listing(built) == {"app/sub/main.py": "print()", "app/sub/a": "A"}


def test_what_is_not_honoured_is_said_with_its_line(tmp_path: Path) -> None:
    built = made(tmp_path, WHOLE, {"main.py": "", "data/a": ""})
    assert [(note.line, note.why.split(" of ")[0]) for note in built.notes] == [
        (3, "the programs"),
        (7, "the system packages"),
        (11, "the programs"),
        (20, "kept in the image, but ECS runs the health check"),
        (22, "processes run as the user"),
    ]
    assert "apt-get install -y gcc" in str(built.notes[1])


def test_the_same_files_make_the_same_digest(tmp_path: Path) -> None:
    text, files = 'FROM scratch\nCOPY . /app\nCMD ["x"]\n', {"a": "1", "b/c": "2"}
    first = layer.pack(made(tmp_path / "1", text, files).stage)
    second = layer.pack(made(tmp_path / "2", text, files).stage)
    other = layer.pack(made(tmp_path / "3", text, {**files, "a": "3"}).stage)
    assert first.digest == second.digest != other.digest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a Dockerfile begins with FROM"),
        ("COPY a b\nFROM x", "a Dockerfile begins with FROM"),
        ("FROM x\nFETCH y", "unknown instruction FETCH"),
        ("FROM x AS", "FROM image"),
        ("FROM x\nCOPY a", "needs a source and a target"),
        ("FROM x\nCOPY nothing /a", "nothing is not there"),
        ("FROM x\nCOPY ../secret /a", "../secret is not there"),
        ("FROM x\nRUN <<END\ntrue", "the here-document END has no end"),
    ],
)
def test_a_mistake_is_said_with_its_reason(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "secret").write_text("outside the context")
    with pytest.raises(UnreadableInput, match=why.replace("(", r"\(")):
        made(tmp_path, text)


def test_a_link_can_not_lead_out_of_the_image(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "link").symlink_to(outside)
    with pytest.raises(UnreadableInput, match="leads out of it"):
        made(tmp_path, "FROM scratch\nCOPY . /\nCOPY a /link/a\n", {"a": "1"})
    assert list(outside.iterdir()) == []


def test_a_target_ends_the_build(tmp_path: Path) -> None:
    text = "FROM scratch AS one\nENV A=1\nFROM scratch AS two\nENV A=2\n"
    assert made(tmp_path / "a", text, target="one").stage.environment["A"] == "1"
    with pytest.raises(UsageError, match="no stage three"):
        made(tmp_path / "b", text, target="three")


def test_a_stage_that_begins_from_another_has_its_files_and_settings(tmp_path: Path) -> None:
    built = made(tmp_path, "FROM scratch AS a\nENV X=1\nWORKDIR /w\nCOPY f f\nFROM a\nCMD run\n", {"f": "F"})
    assert config(built)["Cmd"] == ["/bin/sh", "-c", "run"]
    assert "X=1" in config(built)["Env"]
    assert listing(built) == {"w/f": "F"}


def test_here_documents_are_files(tmp_path: Path) -> None:
    text = "FROM scratch\nENV N=7\nCOPY <<EOF /etc/app.conf\nport=$N\nEOF\nCOPY <<'EOF' /raw\n$N\nEOF\n"
    assert listing(made(tmp_path, text)) == {"etc/app.conf": "port=7\n", "raw": "$N\n"}


def test_run_never_reaches_this_machine(tmp_path: Path) -> None:
    target = tmp_path / "must-not-be"
    built = made(
        tmp_path, f'FROM x\nRUN touch {target}; echo hi > {target} && set -e\nRUN ["touch", "{target}"]\n'
    )
    assert not target.exists()
    assert [note.line for note in built.notes] == [1, 2, 3]


PROJECT = {
    "pyproject.toml": '[build-system]\nrequires=["hatchling"]\nbuild-backend="hatchling.build"\n'
    '[project]\nname="greeter"\nversion="1"\n[project.scripts]\ngreet="greeter:main"\n',
    "greeter.py": "def main() -> None:\n    print('hello')\n",
    "requirements.txt": "click\nnot-on-this-machine==1 \\\n    --hash=sha256:00\n",
}


@pytest.mark.parametrize(
    ("run", "program"),
    [
        ("pip install --no-cache-dir .", "usr/local/bin/greet"),
        ("python -m venv /venv && /venv/bin/pip install .", "venv/bin/greet"),
        ("python -m venv /venv && . /venv/bin/activate && pip install .", "venv/bin/greet"),
        ("uv pip install --prefix=/opt/x .", "opt/x/bin/greet"),
        ("python3 -m pip install --target /t .", "t/bin/greet"),
    ],
)
def test_pip_install_puts_the_project_into_the_image(tmp_path: Path, run: str, program: str) -> None:
    built = made(tmp_path, f"FROM python:3\nWORKDIR /src\nCOPY . .\nRUN {run}\n", PROJECT)
    files = listing(built)
    assert program in files
    assert [name for name in files if name.endswith("site-packages/greeter.py") or name == "t/greeter.py"]
    assert not [name for name in files if "direct_url" in name or name.startswith("src/build")]
    assert len(built.notes) == 1


def test_packages_that_this_machine_lacks_are_named(tmp_path: Path) -> None:
    built = made(tmp_path, "FROM python:3\nCOPY . .\nRUN pip install -r requirements.txt\n", PROJECT)
    assert "not-on-this-machine" in built.notes[-1].why
    assert "click" not in built.notes[-1].why.replace(sys.executable, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A-${B}", "1-2"), ("${C:-x$A}", "x1"), ("${A:+yes}${C:+no}", "yes"), (r"\$A", "$A"), ("$C", ""),
    ],
)  # fmt: skip
def test_variables(text: str, expected: str) -> None:
    assert expand(text, {"A": "1", "B": "2"}) == expected


def test_environment_pairs() -> None:
    assert pairs("A=1 B=\"two words\" C=a\\ b D='x'") == {"A": "1", "B": "two words", "C": "a b", "D": "x"}
    assert pairs("OLD some words") == {"OLD": "some words"}


def test_another_escape_character() -> None:
    found = parse("# escape=`\nFROM x\nENV A=1 `\n  B=C:\\\n")
    assert pairs(found[1].value) == {"A": "1", "B": "C:\\"}


@pytest.mark.parametrize(
    ("patterns", "name", "left_out"),
    [
        ("node_modules", "node_modules/a/b.js", True),
        ("**/*.pyc", "a/b.pyc", True),
        ("*.md\n!README.md", "README.md", False),
        ("*.md", "docs/a.md", False),
        ("# x\n/dist", "dist/a", True),
        ("a?c", "abc", True),
        ("*\n!src", "src/a.py", False),
    ],
)
def test_dockerignore(patterns: str, name: str, left_out: bool) -> None:
    assert Ignore(patterns)(name) is left_out


ECR = "123456789012.dkr.ecr.eu-west-3.amazonaws.com"


@pytest.mark.parametrize(
    ("text", "full", "region"),
    [
        ("nginx", "docker.io/library/nginx:latest", None),
        ("nginx:1.27", "docker.io/library/nginx:1.27", None),
        ("grafana/loki", "docker.io/grafana/loki:latest", None),
        ("public.ecr.aws/nginx/nginx:1", "public.ecr.aws/nginx/nginx:1", None),
        ("localhost:5000/a", "localhost:5000/a:latest", None),
        (f"{ECR}/orders/api:abc", f"{ECR}/orders/api:abc", "eu-west-3"),
        (f"{ECR}/a@sha256:{'0' * 64}", f"{ECR}/a@sha256:{'0' * 64}", "eu-west-3"),
    ],
)
def test_image_names(text: str, full: str, region: str | None) -> None:
    found = Reference.parse(text)
    assert (str(found), found.region) == (full, region)


@pytest.mark.parametrize("text", ["", "UPPER", "a b", "a@sha256:1", "a:b c"])
def test_what_is_no_image_name(text: str) -> None:
    with pytest.raises(ValueError, match="not the name of an image"):
        Reference.parse(text)


def test_pip_wheel_then_install_by_pattern(tmp_path: Path) -> None:
    text = (
        "FROM python:3 AS build\nWORKDIR /build\nCOPY . .\nRUN python -m venv --without-pip /opt/app\n"
        "RUN pip wheel --no-deps --wheel-dir /wheels .\n"
        "RUN pip --python /opt/app install --no-index /wheels/greeter-*.whl\n"
        "FROM python:3\nRUN python -m pip uninstall --yes pip\nCOPY --from=build /opt/app /opt/app\n"
    )
    built = made(tmp_path, text, PROJECT)
    files = listing(built)
    assert {"opt/app/bin/greet", "opt/app/bin/python", "opt/app/lib/python/site-packages/greeter.py"} <= set(
        files
    )
    assert not [name for name in files if name.startswith(("build/", "wheels/"))]
    assert [note.line for note in built.notes] == [1, 7]
