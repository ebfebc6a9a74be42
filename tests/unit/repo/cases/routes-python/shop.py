import redis
from flask import Blueprint, Flask, jsonify
from flask_limiter import Limiter

app = Flask(__name__)
limiter = Limiter(app)
cache = redis.Redis()
shop = Blueprint("shop", __name__, url_prefix="/shop")


@shop.route("/items/<int:item>", methods=["GET", "DELETE"])
@limiter.limit("10/minute")
def item(item: int):
    if not cache.exists(item):
        return jsonify(error="unknown"), 404
    return jsonify(item=item)


@app.get("/healthz")
def alive():
    return "ok"


app.register_blueprint(shop, url_prefix="/v2")
