import os

os.environ["WRITTEN_PY"] = "1"
os.environ["BOTH_PY"] = os.environ["READ_PY"]
if os.environ["COMPARED_PY"] == "x":
    del os.environ["DELETED_PY"]
