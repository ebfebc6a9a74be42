from tests.aws.audit.test_four_sources import *
from tests.aws.audit.conftest import ready, planted
import pathlib,subprocess
def test_it(estate, tmp_path):
    reads = tmp_path / "reads.sh"
    reads.write_text(script(collectors().values(), REGIONS), encoding="utf-8")
    done = subprocess.run(["bash", str(reads), str(tmp_path / "out")], env={"PATH": "/usr/bin:/bin", "AWS": str(estate.aws.program)}, capture_output=True, text=True)
    texts = {one.name: one.read_text("utf-8") for one in (tmp_path / "out").iterdir()}
    answer = pasted(texts)
    live, got = named(estate.live), named(answer)
    out=[]
    for k,v in live.items():
        if v & {"PASS","FAIL"} and not got.get(k,set()) & {"PASS","FAIL"}: out.append(f"{k} live {v} bundle {got.get(k)}")
    for f in answer.report.findings:
        if f.status=="UNKNOWN": out.append(f"UNKNOWN {f.check} {f.subject} {f.why} | {f.settle}")
    for g in answer.facts.gaps: out.append(f"GAP {g.where} {g.what}")
    pathlib.Path(f"/tmp/lbf/bundle-{estate.deployed.path.name}.txt").write_text("\n".join(out))
    import shutil; shutil.copytree(tmp_path/"out", f"/tmp/lbf/out-{estate.deployed.path.name}", dirs_exist_ok=True)
