from chalice import Chalice

app = Chalice(app_name="labels")


@app.route("/labels", methods=["GET"])
def labels():
    return {}
