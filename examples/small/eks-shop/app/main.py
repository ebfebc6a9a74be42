"""The shop: Flask behind gunicorn."""

import os

import psycopg
from flask import Flask, jsonify

app = Flask(__name__)


@app.route("/healthz")
def healthz():
    return jsonify(status="ok")


@app.get("/products/<int:product>")
def product(product: int):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("select name from products where id = %s", (product,)).fetchone()
    return (jsonify(name=row[0]), 200) if row else (jsonify(error="not found"), 404)


@app.route("/jobs/cleanup", methods=["POST"])
def cleanup():
    return jsonify(removed=0)


@app.post("/jobs/report")
def report():
    return jsonify(lines=0), 202
